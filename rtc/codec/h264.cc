// H.264 over RTP (RFC 6184): single NAL units, STAP-A and FU-A, also the rarely seen STAP-B and FU-B. Layers are not in
// the payload.
//
//    |F|NRI|  type   |     NAL unit header, of the unit or of the aggregation or fragment
//    |S|E|R|  type   |     FU header: S start, E end, type of the fragmented unit
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

constexpr uint8_t kIdr = 5;
constexpr uint8_t kSps = 7;
constexpr uint8_t kStapA = 24;
constexpr uint8_t kStapB = 25;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFuB = 29;

constexpr bool StartsKeyFrame(uint8_t nal_type) { return nal_type == kIdr || nal_type == kSps; }

bool AggregateStartsKeyFrame(ByteReader in) {
  while (in.ok() && in.left() > 2) {
    auto unit = in.Bytes(in.U16());
    if (!unit.empty() && StartsKeyFrame(unit[0] & 0x1F)) return true;
  }
  return false;
}

}  // namespace

FrameInfo ParseH264(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  FrameInfo info;
  uint8_t type = in.U8() & 0x1F;
  switch (type) {
    case kStapB:
      in.U16();  // decoding order number
      [[fallthrough]];
    case kStapA:
      info.key_frame = AggregateStartsKeyFrame(in);
      info.start_of_frame = true;
      break;
    case kFuA:
    case kFuB: {
      uint8_t fu = in.U8();
      info.start_of_frame = fu & 0x80;
      info.key_frame = info.start_of_frame && StartsKeyFrame(fu & 0x1F);
      break;
    }
    default:
      info.key_frame = StartsKeyFrame(type);
      info.start_of_frame = true;
  }
  return in.ok() ? info : FrameInfo();
}

}  // namespace sluice::codec
