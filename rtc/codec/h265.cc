// H.265 over RTP (RFC 7798): single NAL units, aggregation packets, fragmentation units, and any of them behind a PACI
// header. Without decoding order numbers, as all WebRTC is (sprop-max-don-diff 0). Spatial layers (layer id) are not
// told apart.
//
//    |F|   type (6)  | layer id (6)  | TID+1 (3) |    NAL unit header, two bytes
//    |S|E| FU type (6) |                              FU header
//    |A| type (6)  | size (5)  |F0..2|Y|              PACI: the type of what follows behind `size` bytes of extensions
//
// An aggregation packet has for each unit its size in two bytes, then the unit.
//
// Under end-to-end encryption these headers must be clear. Nothing behind them is looked at: so start_of_frame is set
// wherever a unit starts.
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

constexpr uint8_t kFirstSwitch = 2;  // TSA_N, TSA_R, STSA_N, STSA_R: the temporal layer can be entered here
constexpr uint8_t kLastSwitch = 5;
constexpr uint8_t kFirstIrap = 16;  // BLA, IDR, CRA: a decoder can start at any of them
constexpr uint8_t kLastIrap = 21;
constexpr uint8_t kVps = 32;
constexpr uint8_t kSps = 33;
constexpr uint8_t kAggregation = 48;
constexpr uint8_t kFragmentation = 49;
constexpr uint8_t kPaci = 50;

constexpr uint8_t TypeOf(uint8_t first) { return first >> 1 & 0x3F; }

void NoteUnit(uint8_t type, bool first, FrameInfo& info) {
  info.start_of_frame = true;
  if ((type >= kFirstIrap && type <= kLastIrap) || type == kVps || type == kSps) info.key_frame = true;
  if (type >= kFirstSwitch && type <= kLastSwitch) info.layer_sync = true;
  if (first) info.parameter_set = type == kVps;
}

// A unit that is cut short ends it, but what came before holds: it is what a decoder would get, too.
void ReadAggregate(ByteReader& in, FrameInfo& info) {
  for (bool first = true; in.left() > 2; first = false) {
    const uint16_t size = in.U16();
    if (size < 2 || size > in.left()) return;
    NoteUnit(TypeOf(in.Bytes(size)[0]), first, info);
  }
}

}  // namespace

FrameInfo ParseH265(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  uint8_t type = TypeOf(in.U8());
  const uint8_t temporal_plus1 = in.U8() & 0x07;
  if (temporal_plus1 == 0) return {};  // there is none such
  FrameInfo info{.temporal_layer = static_cast<uint8_t>(temporal_plus1 - 1)};
  if (type == kPaci) {
    const uint16_t header = in.U16();
    type = header >> 9 & 0x3F;
    in.Skip(header >> 4 & 0x1F);
  }
  if (type == kAggregation) {
    ReadAggregate(in, info);
  } else if (type == kFragmentation) {
    const uint8_t fu = in.U8();
    if (fu & 0x80) NoteUnit(fu & 0x3F, true, info);
  } else if (type < kAggregation) {
    NoteUnit(type, true, info);
  }
  return in.ok() ? info : FrameInfo();
}

}  // namespace sluice::codec
