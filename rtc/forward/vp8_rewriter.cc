#include "rtc/forward/vp8_rewriter.h"

namespace sluice {

std::optional<codec::PayloadPatch> Vp8Rewriter::Rewrite(const codec::FrameInfo& frame) {
  codec::PayloadPatch patch;
  if (frame.picture_id) {
    auto out = pictures_.Map(Unwrap(frame));
    if (!out) return std::nullopt;
    if (frame.picture_id_bits == 15) {
      patch.Set(frame.picture_id_offset, static_cast<uint8_t>(0x80 | (*out >> 8 & 0x7F)));
      patch.Set(static_cast<uint8_t>(frame.picture_id_offset + 1), static_cast<uint8_t>(*out));
    } else {
      patch.Set(frame.picture_id_offset, static_cast<uint8_t>(*out & 0x7F));
    }
  }
  if (frame.tl0_pic_idx) {
    patch.Set(frame.tl0_pic_idx_offset, static_cast<uint8_t>(tl0_.Map(*frame.tl0_pic_idx, 0xFF)));
  }
  if (frame.key_idx) {
    uint8_t upper = static_cast<uint8_t>(frame.temporal_layer << 6 | (frame.layer_sync ? 0x20 : 0));
    patch.Set(frame.key_idx_offset, static_cast<uint8_t>(upper | key_.Map(*frame.key_idx, 0x1F)));
  }
  return patch;
}

void Vp8Rewriter::Drop(const codec::FrameInfo& frame) {
  if (frame.picture_id) pictures_.Drop(Unwrap(frame));
}

void Vp8Rewriter::SwitchSource() {
  pictures_.SwitchSource();
  tl0_.SwitchSource();
  key_.SwitchSource();
}

int64_t Vp8Rewriter::Unwrap(const codec::FrameInfo& frame) {
  const int64_t ring = int64_t{1} << frame.picture_id_bits;
  // The first goes into the second cycle, so that one from just before it is positive too.
  if (!newest_picture_) newest_picture_ = (int64_t{1} << 15) + *frame.picture_id;
  int64_t ahead = (*frame.picture_id - *newest_picture_) & (ring - 1);
  int64_t picture = *newest_picture_ + (ahead < ring / 2 ? ahead : ahead - ring);
  if (picture > *newest_picture_) newest_picture_ = picture;
  return picture;
}

}  // namespace sluice
