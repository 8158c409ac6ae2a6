#include "test/support/decode/descriptors.h"

#include "rtc/base/bytes.h"

namespace sluice::testing_support {
namespace {

// Both codecs write a picture id alike: |M| 7 bits | or |M| 15 bits |.
PlacedNumber ReadPictureId(ByteReader& reader, size_t at) {
  const uint8_t first = reader.U8();
  if (!(first & 0x80)) return {.value = first, .at = at, .bits = 7};
  return {.value = static_cast<uint16_t>((first & 0x7F) << 8 | reader.U8()), .at = at, .bits = 15};
}

void ReadLayers(ByteReader& reader, size_t begin, Vp9Descriptor& d) {
  const uint8_t layers = reader.U8();
  d.temporal_layer = layers >> 5;
  d.switch_point = layers & 0x10;
  d.spatial_layer = layers >> 1 & 7;
  d.inter_layer = layers & 1;
  const size_t at = begin - reader.left();
  if (!d.flexible) d.tl0_pic_idx = PlacedNumber{.value = reader.U8(), .at = at, .bits = 8};
}

void SkipStructure(ByteReader& reader) {
  const uint8_t head = reader.U8();
  const int spatial_layers = (head >> 5) + 1;
  if (head & 0x10) reader.Skip(static_cast<size_t>(4 * spatial_layers));
  if (!(head & 0x08)) return;
  for (int pictures = reader.U8(); pictures > 0; --pictures) reader.Skip(reader.U8() >> 2 & 3);
}

}  // namespace

uint16_t PlacedNumber::Plus(int64_t n) const {
  const int64_t modulus = Modulus();
  return static_cast<uint16_t>(((value + n) % modulus + modulus) % modulus);
}

void PlacedNumber::Write(std::span<uint8_t> payload, uint16_t number) const {
  if (bits > 8) {
    payload[at] = static_cast<uint8_t>(0x80 | number >> 8);
    payload[at + 1] = static_cast<uint8_t>(number);
  } else {
    const int mask = Modulus() - 1;
    payload[at] = static_cast<uint8_t>((payload[at] & ~mask) | (number & mask));
  }
}

std::optional<Vp8Descriptor> Vp8Descriptor::Read(std::span<const uint8_t> payload) {
  ByteReader reader(payload);
  const auto here = [&] { return payload.size() - reader.left(); };
  Vp8Descriptor d;
  const uint8_t first = reader.U8();
  d.non_reference = first & 0x20;
  d.start = first & 0x10;
  d.partition = first & 0x07;
  const uint8_t more = first & 0x80 ? reader.U8() : 0;
  if (more & 0x80) d.picture_id = ReadPictureId(reader, here());
  const size_t tl0_at = here();
  if (more & 0x40) d.tl0_pic_idx = PlacedNumber{.value = reader.U8(), .at = tl0_at, .bits = 8};
  if (more & 0x30) {
    const size_t at = here();
    const uint8_t last = reader.U8();
    if (more & 0x20) d.temporal_layer = last >> 6;
    d.layer_sync = more & 0x20 && last & 0x20;
    if (more & 0x10) d.key_idx = PlacedNumber{.value = static_cast<uint16_t>(last & 0x1F), .at = at, .bits = 5};
  }
  d.size = here();
  if (!reader.ok() || reader.left() == 0 || (first & 0x48) != 0) return std::nullopt;
  return d;
}

std::optional<Vp9Descriptor> Vp9Descriptor::Read(std::span<const uint8_t> payload) {
  ByteReader reader(payload);
  Vp9Descriptor d;
  const uint8_t first = reader.U8();
  d.inter_picture = first & 0x40;
  d.flexible = first & 0x10;
  d.begin = first & 0x08;
  d.end = first & 0x04;
  d.has_structure = first & 0x02;
  d.not_for_upper = first & 0x01;
  if (first & 0x80) d.picture_id = ReadPictureId(reader, payload.size() - reader.left());
  if (first & 0x20) ReadLayers(reader, payload.size(), d);
  if (d.flexible && d.inter_picture) {
    for (uint8_t difference = 1; difference & 1 && d.differences.size() < 4 && reader.ok();) {
      difference = reader.U8();
      d.differences.push_back(difference >> 1);
    }
    if (d.differences.size() > 3) return std::nullopt;
  }
  if (d.has_structure) SkipStructure(reader);
  d.size = payload.size() - reader.left();
  if (!reader.ok() || reader.left() == 0) return std::nullopt;
  return d;
}

}  // namespace sluice::testing_support
