// The VP9 payload descriptor (RFC 9628 4.2).
//
//    |I|P|L|F|B|E|V|Z|     I: picture id. P: inter-picture predicted. L: layer indices. F: flexible mode.
//    |M| picture id  |     B, E: start and end of a layer frame. V: scalability structure. Z: not for upper layers
//    |  more of it   |     with M
//    | TID |U| SID |D|     with L. U: switching point. D: needs the layer below
//    |  TL0PICIDX    |     with L and without F
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {

FrameInfo ParseVp9(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  auto at = [&] { return static_cast<uint8_t>(payload.size() - in.left()); };
  uint8_t flags = in.U8();
  FrameInfo info;
  info.inter_picture = flags & 0x40;
  info.start_of_frame = flags & 0x08;
  info.end_of_frame = flags & 0x04;
  if (flags & 0x80) {
    info.picture_id_offset = at();
    uint16_t id = in.U8();
    info.picture_id_bits = id & 0x80 ? 15 : 7;
    if (id & 0x80) id = static_cast<uint16_t>((id & 0x7F) << 8 | in.U8());
    info.picture_id = id;
  }
  if (flags & 0x20) {
    uint8_t layers = in.U8();
    info.temporal_layer = layers >> 5;
    info.layer_sync = layers & 0x10;
    info.spatial_layer = layers >> 1 & 0x07;
    info.inter_layer = layers & 0x01;
    if (!(flags & 0x10)) {
      info.tl0_pic_idx_offset = at();
      info.tl0_pic_idx = in.U8();
    }
  }
  if (!in.ok()) return FrameInfo();
  info.key_frame = info.start_of_frame && !info.inter_picture && info.spatial_layer == 0;
  return info;
}

}  // namespace sluice::codec
