#include "rtc/forward/vp9_filter.h"

#include <algorithm>
#include <bit>

namespace sluice {
namespace {

constexpr uint8_t Bit(int layer) { return static_cast<uint8_t>(1 << layer); }
// All layers up to this one.
constexpr uint8_t UpTo(int layer) { return static_cast<uint8_t>((2 << layer) - 1); }

}  // namespace

FilteredPacket Vp9Filter::Start(const LayeredPacket& packet, Layers wish) {
  plans_.Clear();
  picture_ = {};
  independent_ = simulcast_ = false;
  pictures_seen_ = 0;
  came_ = kMaxSpatial - 1;
  plans_.Add(packet.timestamp, Plan());
  BeginPicture(packet, wish);
  return Filter(packet, wish);
}

FilteredPacket Vp9Filter::Filter(const LayeredPacket& packet, Layers wish) {
  if (IsNewerTimestamp(packet.timestamp, picture_.timestamp)) {
    NoteHighest();
    BeginPicture(packet, wish);
  }
  LearnStructure(packet);
  const bool is_newest = packet.timestamp == picture_.timestamp;
  if (is_newest) Update(packet, wish);
  const Plan& plan = is_newest ? plans_.Last() : plans_.At(packet.timestamp);
  if (!IsSent(plan, packet.frame)) return {};
  const bool ends = packet.frame.end_of_frame && packet.frame.spatial_layer == plan.spatial;
  if (is_newest) {
    picture_.sent |= Bit(packet.frame.spatial_layer);
    picture_.ended |= ends && !packet.marker;
  }
  return {.forward = true, .ends_picture = ends};
}

void Vp9Filter::BeginPicture(const LayeredPacket& packet, Layers wish) {
  Plan plan = plans_.Last();
  ForgetWhatIsLeftOut(plan, packet.frame);
  plan.alone = independent_;
  if (packet.frame.key_frame) {
    PlanKeyPicture(plan, packet.frame, wish);
  } else {
    PlanPicture(plan, packet.frame, wish);
  }
  plans_.Add(packet.timestamp, plan);
  picture_ = {.timestamp = packet.timestamp, .id = packet.frame.picture_id, .key = packet.frame.key_frame};
  picture_.wanted = packet.frame.temporal_layer <= plan.temporal;
}

// Lower layers that the plan up to here left out of the newest picture, and will leave out of those that were passed over.
void Vp9Filter::ForgetWhatIsLeftOut(Plan& plan, const codec::FrameInfo& next) const {
  plan.intact &= UpTo(plan.spatial);
  if (!plan.alone) return;
  const uint16_t mask = next.picture_id_bits == 15 ? 0x7FFF : 0x7F;
  const bool follows = picture_.id && next.picture_id && ((*picture_.id + 1) & mask) == *next.picture_id;
  if (!follows) plan.intact &= Bit(plan.spatial);
  if (picture_.wanted && !picture_.key) plan.intact &= Bit(plan.spatial) | picture_.sent;
}

void Vp9Filter::PlanKeyPicture(Plan& plan, const codec::FrameInfo& frame, Layers wish) const {
  plan.spatial = static_cast<uint8_t>(simulcast_ ? Reachable(wish.spatial) : wish.spatial);
  plan.temporal = static_cast<uint8_t>(wish.temporal);
  plan.intact = Bit(0);
  if (!frame.not_for_upper) plan.intact = UpTo(plan.spatial);
  if (simulcast_) plan.intact = Bit(plan.spatial);
}

void Vp9Filter::PlanPicture(Plan& plan, const codec::FrameInfo& frame, Layers wish) const {
  const int wished = Reachable(wish.spatial);
  if (wished < plan.spatial && plan.is_intact(wished)) {
    plan.spatial = static_cast<uint8_t>(wished);
  } else if (plan.intact != 0) {
    plan.spatial = static_cast<uint8_t>(std::bit_width(plan.intact) - 1);
  }
  if (wish.temporal < plan.temporal) {
    plan.temporal = static_cast<uint8_t>(wish.temporal);
  } else if (frame.layer_sync && frame.temporal_layer == plan.temporal + 1) {
    plan.temporal = static_cast<uint8_t>(std::min<int>(frame.temporal_layer, wish.temporal));
  }
}

void Vp9Filter::LearnStructure(const LayeredPacket& packet) {
  const codec::FrameInfo& frame = packet.frame;
  if (frame.spatial_layer > 0) {
    if (!frame.inter_picture) simulcast_ = !frame.inter_layer;
    if (frame.inter_picture) independent_ = !frame.inter_layer;
  } else if (frame.end_of_frame && frame.not_for_upper && !packet.marker) {
    simulcast_ |= !frame.inter_picture;  // there is more, and it does not need this
    independent_ = true;
  }
  independent_ |= simulcast_;
}

// What a packet of the newest picture changes in its plan.
void Vp9Filter::Update(const LayeredPacket& packet, Layers wish) {
  const codec::FrameInfo& frame = packet.frame;
  const int spatial = frame.spatial_layer;
  Plan plan = plans_.Last();
  if (packet.marker && picture_.key && spatial < plan.spatial) {  // nothing above was made
    plan.spatial = frame.spatial_layer;
    plan.intact &= UpTo(spatial);
    came_ = spatial;
  }
  picture_.highest = std::max(picture_.highest, frame.spatial_layer);
  came_ = std::max(came_, spatial);
  const bool goes_up = MayGoUp(plan, frame, wish);
  if (goes_up) plan.spatial = frame.spatial_layer;
  if (spatial > 0 && !frame.inter_picture && IsSent(plan, frame)) {
    // A key frame of a layer that needs no other takes the place of all that a decoder remembers.
    plan.intact = frame.inter_layer ? plan.intact | Bit(spatial) : Bit(spatial);
  }
  if (simulcast_ && picture_.key && spatial < plan.spatial) plan.intact = Bit(plan.spatial);  // what is to come does so
  plans_.Add(packet.timestamp, plan);
}

bool Vp9Filter::MayGoUp(const Plan& plan, const codec::FrameInfo& frame, Layers wish) const {
  const int spatial = frame.spatial_layer;
  if (spatial <= plan.spatial || spatial > wish.spatial || frame.temporal_layer > plan.temporal) return false;
  if (frame.inter_picture || picture_.ended) return false;
  return frame.inter_layer ? picture_.sent >> (spatial - 1) & 1 : picture_.sent == 0;
}

bool Vp9Filter::IsSent(const Plan& plan, const codec::FrameInfo& frame) {
  const int spatial = frame.spatial_layer;
  if (spatial > plan.spatial || frame.temporal_layer > plan.temporal) return false;
  if (spatial < plan.spatial && plan.alone && frame.not_for_upper) return false;
  return !frame.inter_picture || plan.is_intact(spatial);
}

void Vp9Filter::NoteHighest() {
  highest_[static_cast<size_t>(pictures_seen_ % kWindow)] = picture_.highest;
  ++pictures_seen_;
  if (pictures_seen_ >= kWindow) came_ = *std::ranges::max_element(highest_);
}

int Vp9Filter::Reachable(int wish) const { return std::min(wish, came_); }

Layers Vp9Filter::current() const {
  const Plan& plan = plans_.Last();
  return {Reachable(plan.spatial), plan.temporal};
}

bool Vp9Filter::wants_key_frame(Layers wish) const {
  const Plan& plan = plans_.Last();
  const int spatial = Reachable(wish.spatial);
  if (plan.intact == 0) return true;
  if (spatial == plan.spatial) return false;
  return spatial > plan.spatial || !plan.is_intact(spatial);
}

}  // namespace sluice
