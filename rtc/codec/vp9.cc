// The VP9 payload descriptor (RFC 9628 4.2). All that a forwarder needs is in it: under end-to-end encryption it is
// enough when the descriptor is clear, which it is, for packetisation comes after encryption.
//
//    |I|P|L|F|B|E|V|Z|     I: picture id. P: inter-picture predicted. L: layer indices. F: flexible mode.
//    |M| picture id  |     B, E: start and end of a layer frame. V: scalability structure. Z: not for upper layers
//    |  more of it   |     with M
//    | TID |U| SID |D|     with L. U: switching point. D: needs the layer below
//    |  TL0PICIDX    |     with L and without F
//    |   P_DIFF    |N|     with P and F: a reference, up to three. N: another one follows
//
// and with V, before the frame:
//
//    | N_S |Y|G|-|-|-|     N_S: spatial layers - 1. Y: resolutions. G: pictures of a group
//    |     width     |     two bytes, and as many of height, for each spatial layer, with Y
//    |      N_G      |     with G: number of pictures, and for each of them
//    | TID |U| R |-|-|     R: number of references, a byte of P_DIFF each
#include "rtc/base/bytes.h"
#include "rtc/codec/codec_parsers.h"

namespace sluice::codec {
namespace {

constexpr int kMaxReferences = 3;

class Descriptor {
 public:
  explicit Descriptor(std::span<const uint8_t> payload) : size_(payload.size()), in_(payload) {}

  FrameInfo Read() {
    const uint8_t flags = in_.U8();
    const bool flexible = flags & 0x10;
    info_.inter_picture = flags & 0x40;
    info_.start_of_frame = flags & 0x08;
    info_.end_of_frame = flags & 0x04;
    info_.not_for_upper = flags & 0x01;
    if (flags & 0x80) ReadPictureId();
    if (flags & 0x20) ReadLayers(flexible);
    if (flexible && info_.inter_picture && !SkipReferences()) return FrameInfo();
    if (flags & 0x02) SkipStructure();
    if (!in_.ok()) return FrameInfo();
    info_.key_frame = info_.start_of_frame && !info_.inter_picture && !info_.inter_layer && info_.spatial_layer == 0;
    return info_;
  }

 private:
  uint8_t At() const { return static_cast<uint8_t>(size_ - in_.left()); }

  void ReadPictureId() {
    info_.picture_id_offset = At();
    uint16_t id = in_.U8();
    info_.picture_id_bits = id & 0x80 ? 15 : 7;
    if (id & 0x80) id = static_cast<uint16_t>((id & 0x7F) << 8 | in_.U8());
    info_.picture_id = id;
  }

  void ReadLayers(bool flexible) {
    const uint8_t layers = in_.U8();
    info_.temporal_layer = layers >> 5;
    info_.layer_sync = layers & 0x10;
    info_.spatial_layer = layers >> 1 & 0x07;
    info_.inter_layer = layers & 0x01;
    if (flexible) return;
    info_.tl0_pic_idx_offset = At();
    info_.tl0_pic_idx = in_.U8();
  }

  // False when there are more than the format has.
  bool SkipReferences() {
    for (int i = 0; i < kMaxReferences; ++i) {
      if (!(in_.U8() & 0x01)) return true;
    }
    return false;
  }

  void SkipStructure() {
    const uint8_t flags = in_.U8();
    const size_t spatial_layers = (flags >> 5) + 1u;
    if (flags & 0x10) in_.Skip(spatial_layers * 4);
    const uint8_t pictures = flags & 0x08 ? in_.U8() : 0;
    for (int i = 0; i < pictures && in_.ok(); ++i) in_.Skip(in_.U8() >> 2 & 0x03);
  }

  size_t size_;
  ByteReader in_;
  FrameInfo info_;
};

}  // namespace

FrameInfo ParseVp9(std::span<const uint8_t> payload) { return Descriptor(payload).Read(); }

}  // namespace sluice::codec
