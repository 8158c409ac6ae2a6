// H.265 over RTP (RFC 7798): single NAL units, aggregation packets and fragmentation units.
//
//    |F|   type (6)  | layer id (6)  | TID+1 (3) |    NAL unit header, two bytes
//    |S|E| FU type (6) |                              FU header
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

constexpr uint8_t kFirstIrap = 16;  // BLA, IDR, CRA: a decoder can start at any of them
constexpr uint8_t kLastIrap = 21;
constexpr uint8_t kVps = 32;
constexpr uint8_t kSps = 33;
constexpr uint8_t kAggregation = 48;
constexpr uint8_t kFragmentation = 49;

constexpr uint8_t TypeOf(uint8_t first) { return first >> 1 & 0x3F; }

constexpr bool StartsKeyFrame(uint8_t type) {
  return (type >= kFirstIrap && type <= kLastIrap) || type == kVps || type == kSps;
}

bool AggregateStartsKeyFrame(ByteReader in) {
  while (in.ok() && in.left() > 2) {
    auto unit = in.Bytes(in.U16());
    if (!unit.empty() && StartsKeyFrame(TypeOf(unit[0]))) return true;
  }
  return false;
}

}  // namespace

FrameInfo ParseH265(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  FrameInfo info;
  uint8_t type = TypeOf(in.U8());
  uint8_t temporal_plus1 = in.U8() & 0x07;
  if (temporal_plus1 > 0) info.temporal_layer = static_cast<uint8_t>(temporal_plus1 - 1);
  info.start_of_frame = true;
  if (type == kAggregation) {
    info.key_frame = AggregateStartsKeyFrame(in);
  } else if (type == kFragmentation) {
    uint8_t fu = in.U8();
    info.start_of_frame = fu & 0x80;
    info.key_frame = info.start_of_frame && StartsKeyFrame(fu & 0x3F);
  } else {
    info.key_frame = StartsKeyFrame(type);
  }
  return in.ok() ? info : FrameInfo();
}

}  // namespace sluice::codec
