// The VP8 payload descriptor (RFC 7741 4.2) and the frame tag behind it (RFC 6386 9.1). Under end-to-end encryption the
// first byte of the frame must be clear: without it key frames look like any others, or others like key frames.
//
//    |X|R|N|S|R| PID |     X: next byte is there. N: discardable. S: a partition starts. PID: which partition
//    |I|L|T|K|  RSV  |     I: picture id. L: TL0PICIDX. T: layer. K: KEYIDX
//    |M| picture id  |     M: one more byte of picture id follows
//    |  TL0PICIDX    |
//    |TID|Y|  KEYIDX |     there with T or K. Y: layer sync
//    | size |H| ver |P|    first byte of the frame. P: not a key frame
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

class Descriptor {
 public:
  explicit Descriptor(std::span<const uint8_t> payload) : size_(payload.size()), in_(payload) {}

  FrameInfo Read() {
    uint8_t first = in_.U8();
    FrameInfo info;
    if (first & 0x80) ReadExtension(info);
    info.discardable = first & 0x20;
    info.start_of_frame = (first & 0x10) && (first & 0x07) == 0;
    // Without one byte of the frame nobody can tell; with a descriptor that was cut short nothing holds.
    if (info.start_of_frame) info.key_frame = in_.left() > 0 && (in_.U8() & 0x01) == 0;
    return in_.ok() ? info : FrameInfo();
  }

 private:
  uint8_t At() const { return static_cast<uint8_t>(size_ - in_.left()); }

  void ReadExtension(FrameInfo& info) {
    uint8_t flags = in_.U8();
    if (flags & 0x80) ReadPictureId(info);
    if (flags & 0x40) {
      info.tl0_pic_idx_offset = At();
      info.tl0_pic_idx = in_.U8();
    }
    if (!(flags & 0x30)) return;
    uint8_t at = At();
    uint8_t byte = in_.U8();
    if (flags & 0x20) {
      info.temporal_layer = byte >> 6;
      info.layer_sync = byte & 0x20;
    }
    if (flags & 0x10) {
      info.key_idx_offset = at;
      info.key_idx = byte & 0x1F;
    }
  }

  void ReadPictureId(FrameInfo& info) {
    info.picture_id_offset = At();
    uint16_t id = in_.U8();
    info.picture_id_bits = id & 0x80 ? 15 : 7;
    if (id & 0x80) id = static_cast<uint16_t>((id & 0x7F) << 8 | in_.U8());
    info.picture_id = id;
  }

  size_t size_;
  ByteReader in_;
};

}  // namespace

FrameInfo ParseVp8(std::span<const uint8_t> payload) { return Descriptor(payload).Read(); }

}  // namespace sluice::codec
