// H.264 over RTP (RFC 6184): single NAL units, STAP-A and FU-A, also the rarely seen STAP-B and FU-B. Layers are not in
// the payload. A payload of any other type, a byte stream with start codes among them (type 0), tells nothing.
//
//    |F|NRI|  type   |     NAL unit header, of the unit or of the aggregation or fragment
//    |S|E|R|  type   |     FU header: S start, E end, type of the fragmented unit
//
// STAP: for each unit its size in two bytes, then the unit; STAP-B has two bytes of decoding order number before.
//
// Under end-to-end encryption the NAL unit headers must be clear. Nothing behind them is looked at: so whether a slice
// is the first of its picture stays unknown, and start_of_frame is set wherever a unit starts.
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

constexpr uint8_t kIdr = 5;
constexpr uint8_t kSps = 7;
constexpr uint8_t kLastSingle = 23;
constexpr uint8_t kStapA = 24;
constexpr uint8_t kStapB = 25;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFuB = 29;

void NoteUnit(uint8_t type, bool first, FrameInfo& info) {
  info.start_of_frame = true;
  if (type == kIdr || type == kSps) info.key_frame = true;
  if (first) info.parameter_set = type == kSps;
}

// A unit that is cut short ends it, but what came before holds: it is what a decoder would get, too.
void ReadAggregate(ByteReader& in, FrameInfo& info) {
  for (bool first = true; in.left() > 2; first = false) {
    const uint16_t size = in.U16();
    if (size == 0 || size > in.left()) return;
    NoteUnit(in.Bytes(size)[0] & 0x1F, first, info);
  }
}

}  // namespace

FrameInfo ParseH264(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  FrameInfo info;
  const uint8_t type = in.U8() & 0x1F;
  if (type == kStapA || type == kStapB) {
    if (type == kStapB) in.U16();  // decoding order number
    ReadAggregate(in, info);
  } else if (type == kFuA || type == kFuB) {
    const uint8_t fu = in.U8();
    if (fu & 0x80) NoteUnit(fu & 0x1F, true, info);
  } else if (type >= 1 && type <= kLastSingle) {
    NoteUnit(type, true, info);
  }
  return in.ok() ? info : FrameInfo();
}

}  // namespace sluice::codec
