#include "rtc/forward/vp9_rewriter.h"

namespace sluice {

codec::PayloadPatch Vp9Rewriter::Rewrite(const codec::FrameInfo& frame) {
  codec::PayloadPatch patch;
  if (frame.picture_id) {
    const bool wide = frame.picture_id_bits == 15;
    const uint16_t out = picture_.Map(*frame.picture_id, wide ? 0x7FFF : 0x7F);
    if (wide) {
      patch.Set(frame.picture_id_offset, static_cast<uint8_t>(0x80 | out >> 8));
      patch.Set(static_cast<uint8_t>(frame.picture_id_offset + 1), static_cast<uint8_t>(out));
    } else {
      patch.Set(frame.picture_id_offset, static_cast<uint8_t>(out));
    }
  }
  if (frame.tl0_pic_idx) {
    patch.Set(frame.tl0_pic_idx_offset, static_cast<uint8_t>(tl0_.Map(*frame.tl0_pic_idx, 0xFF)));
  }
  return patch;
}

void Vp9Rewriter::SwitchSource() {
  picture_.SwitchSource();
  tl0_.SwitchSource();
}

}  // namespace sluice
