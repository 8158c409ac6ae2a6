#include "rtc/forward/vp9_filter.h"

#include <algorithm>

namespace sluice {

FilteredPacket Vp9Filter::Start(uint32_t timestamp, const codec::FrameInfo& frame, Layers wish) {
  pictures_.Clear();
  intact_ = {};
  independent_ = simulcast_ = false;
  current_ = wish;
  changes_.Clear();
  changes_.Add(timestamp, current_);
  starved_ = false;
  pictures_seen_ = 0;
  came_ = kMaxSpatial - 1;
  highest_of_picture_ = 0;
  Picture& picture = BeginPicture(timestamp, frame, wish);
  picture.decided = picture.sent = static_cast<uint8_t>(1 << frame.spatial_layer);
  intact_[frame.spatial_layer] = true;
  return Pass(picture, frame);
}

FilteredPacket Vp9Filter::Filter(uint32_t timestamp, const codec::FrameInfo& frame, Layers wish) {
  const auto newest = pictures_.newest();
  const bool is_newer = !newest || IsNewerTimestamp(timestamp, *newest);
  Picture* picture = is_newer ? &BeginPicture(timestamp, frame, wish) : pictures_.Find(timestamp);
  if (!picture) return JudgeLatePicture(timestamp, frame);
  const auto bit = static_cast<uint8_t>(1 << frame.spatial_layer);
  if (!(picture->decided & bit)) {
    picture->decided |= bit;
    if (Decide(timestamp, *picture, frame, wish)) picture->sent |= bit;
  }
  if (timestamp == *pictures_.newest()) highest_of_picture_ = std::max(highest_of_picture_, frame.spatial_layer);
  return picture->sent & bit ? Pass(*picture, frame) : FilteredPacket();
}

FilteredPacket Vp9Filter::Pass(Picture& picture, const codec::FrameInfo& frame) const {
  const bool ends = frame.end_of_frame && frame.spatial_layer == picture.spatial;
  picture.ended |= ends;
  return {.forward = true, .ends_picture = ends};
}

FilteredPacket Vp9Filter::JudgeLatePicture(uint32_t timestamp, const codec::FrameInfo& frame) const {
  const Layers then = changes_.At(timestamp);
  if (frame.temporal_layer > then.temporal || frame.spatial_layer > then.spatial) return {};
  if (independent_ && frame.not_for_upper && frame.spatial_layer != then.spatial) return {};
  return {.forward = true, .ends_picture = frame.end_of_frame && frame.spatial_layer == then.spatial};
}

Vp9Filter::Picture& Vp9Filter::BeginPicture(uint32_t timestamp, const codec::FrameInfo& frame, Layers wish) {
  if (pictures_.newest()) NoteHighest();
  const bool key = frame.key_frame;
  const int spatial = Reachable(wish.spatial);
  const Layers from = current_;
  if (key) {
    current_ = {.spatial = simulcast_ ? spatial : wish.spatial, .temporal = wish.temporal};
  } else {
    if (spatial < current_.spatial && intact_[static_cast<size_t>(spatial)]) current_.spatial = spatial;
    if (wish.temporal < current_.temporal) {
      current_.temporal = wish.temporal;
    } else if (frame.layer_sync && frame.temporal_layer == current_.temporal + 1) {
      current_.temporal = std::min<int>(frame.temporal_layer, wish.temporal);
    }
  }
  if (current_ != from) changes_.Add(timestamp, current_);
  if (key) starved_ = false;
  Picture& picture = pictures_.Add(timestamp);
  picture.key = key;
  picture.spatial = static_cast<uint8_t>(current_.spatial);
  picture.temporal = frame.temporal_layer <= current_.temporal;
  return picture;
}

bool Vp9Filter::Decide(uint32_t timestamp, Picture& picture, const codec::FrameInfo& frame, Layers wish) {
  const int spatial = frame.spatial_layer;
  if (spatial > 0 && picture.key) simulcast_ = !frame.inter_layer;
  if (spatial > 0) independent_ = simulcast_ || (picture.key ? independent_ : !frame.inter_layer);
  if (!picture.temporal) return false;  // harms no layer: it is above what is sent
  bool& intact = intact_[static_cast<size_t>(spatial)];
  if (spatial > picture.spatial) {
    if (spatial > wish.spatial || !MayGoUpTo(spatial, picture, frame)) return intact = false;
    current_.spatial = picture.spatial = static_cast<uint8_t>(spatial);
    if (timestamp == *pictures_.newest()) changes_.Add(timestamp, current_);
    starved_ = false;
    if (!frame.inter_layer) intact_ = {};
    return intact = true;
  }
  if (spatial < picture.spatial && independent_ && frame.not_for_upper) return intact = false;
  if (!frame.inter_picture) {
    if (simulcast_) intact_ = {};  // a key frame takes the place of all that a decoder remembers
    intact = true;
  } else if (!intact) {
    starved_ |= spatial == picture.spatial;
    return false;
  }
  return true;
}

bool Vp9Filter::MayGoUpTo(int spatial, const Picture& picture, const codec::FrameInfo& frame) const {
  if (frame.inter_picture || picture.ended) return false;
  // A key frame of a layer that needs no other takes the place of all that a decoder remembers: it must be alone.
  return (!frame.inter_layer && picture.sent == 0) || (spatial > 0 && (picture.sent >> (spatial - 1) & 1));
}

void Vp9Filter::NoteHighest() {
  highest_[static_cast<size_t>(pictures_seen_ % kWindow)] = highest_of_picture_;
  ++pictures_seen_;
  highest_of_picture_ = 0;
  if (pictures_seen_ >= kWindow) came_ = *std::ranges::max_element(highest_);
}

int Vp9Filter::Reachable(int wish) const { return std::min(wish, came_); }

Layers Vp9Filter::current() const { return {Reachable(current_.spatial), current_.temporal}; }

bool Vp9Filter::wants_key_frame(Layers wish) const {
  const int spatial = Reachable(wish.spatial);
  if (starved_) return true;
  if (spatial == current_.spatial) return false;
  return spatial > current_.spatial || !intact_[static_cast<size_t>(spatial)];
}

}  // namespace sluice
