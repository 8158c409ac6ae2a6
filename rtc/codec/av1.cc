// AV1 over RTP (AOM, RTP Payload Format For AV1, section 4.4): the aggregation header, and the headers of the OBU
// elements behind it, for streams without dependency descriptors. A new coded video sequence (N, or a sequence header)
// is where a decoder can start.
//
//    |Z|Y| W |N|-|-|-|     Z: the first element goes on with one of the packet before. Y: the last one is to go on.
//                          W: number of elements, of which the last has no length; 0: all have one. N: new sequence
//    |F| type  |X|S|-|     OBU header. X: extension follows. S: has a size field
//    | TID |SID|-|-|-|     OBU extension
//
// Each element but the last of W has its length before it: 7 bits a byte, the lowest first, the highest bit set in all
// but the last byte.
//
// Under end-to-end encryption the OBU headers must be clear, with their extension. Nothing behind them is looked at.
#include <utility>

#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

constexpr uint8_t kSequenceHeader = 1;
constexpr uint8_t kTileGroup = 4;
constexpr uint8_t kRedundantFrameHeader = 7;
constexpr uint8_t kTileList = 8;
constexpr uint8_t kPadding = 15;

constexpr uint8_t TypeOf(uint8_t header) { return header >> 3 & 0x0F; }

// What can only come after the first packet of its frame.
constexpr bool NeverFirst(uint8_t type) {
  return type == kTileGroup || type == kRedundantFrameHeader || type == kTileList || type == kPadding;
}

// LEB128 of at most 8 bytes; larger than any packet when it is senseless.
size_t ReadLeb128(ByteReader& in) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    uint8_t byte = in.U8();
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (!(byte & 0x80)) break;
  }
  return static_cast<size_t>(value);
}

class ElementWalk {
 public:
  ElementWalk(ByteReader in, int count) : in_(in), count_(count) {}

  // The next element; empty at the end, at an empty element and at the first that is cut short.
  std::span<const uint8_t> Next() {
    if (!in_.ok() || in_.left() == 0) return {};
    ++index_;
    if (count_ != 0 && index_ > count_) return {};
    return in_.Bytes(index_ == count_ ? in_.left() : ReadLeb128(in_));
  }

 private:
  ByteReader in_;
  int count_;
  int index_ = 0;
};

}  // namespace

FrameInfo ParseAv1(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  uint8_t header = in.U8();
  if (!in.ok()) return {};
  const bool continues = header & 0x80;
  const bool new_sequence = !continues && (header & 0x08) && in.left() > 0;
  FrameInfo info;
  bool layer_known = false;
  bool sequence_header = false;

  ElementWalk elements(in, header >> 4 & 0x03);
  if (continues) elements.Next();
  bool first = !continues;
  for (auto obu = elements.Next(); !obu.empty() && !(obu[0] & 0x80); obu = elements.Next()) {
    const uint8_t type = TypeOf(obu[0]);
    if (std::exchange(first, false)) info.start_of_frame = !NeverFirst(type);
    if (type == kSequenceHeader) sequence_header = true;
    if (!layer_known && (obu[0] & 0x04) && obu.size() > 1) {
      info.temporal_layer = obu[1] >> 5;
      info.spatial_layer = obu[1] >> 3 & 0x03;
      layer_known = true;
    }
  }
  // In the S modes every spatial layer's key frame has a sequence header, but only the lowest begins a new sequence.
  info.key_frame = new_sequence || (sequence_header && info.spatial_layer == 0);
  return info;
}

}  // namespace sluice::codec
