#include "rtc/rtp/packet_writer.h"

#include <algorithm>

namespace sluice::rtp {
namespace {

constexpr size_t kMaxCsrcs = 15;
constexpr size_t kMaxValueSize = 255;
constexpr size_t kBlockHeaderSize = 4;

constexpr size_t RoundUpToWord(size_t size) { return (size + 3) / 4 * 4; }

bool NeedsTwoByteForm(std::span<const ExtensionElement> elements) {
  return std::any_of(elements.begin(), elements.end(),
                     [](const ExtensionElement& e) { return e.id > 14 || e.value.empty() || e.value.size() > 16; });
}

size_t ElementsSize(std::span<const ExtensionElement> elements, bool two_byte) {
  size_t size = 0;
  for (const ExtensionElement& e : elements) size += (two_byte ? 2 : 1) + e.value.size();
  return size;
}

}  // namespace

size_t ExtensionBlockSize(std::span<const ExtensionElement> elements) {
  if (elements.empty()) return 0;
  return kBlockHeaderSize + RoundUpToWord(ElementsSize(elements, NeedsTwoByteForm(elements)));
}

PacketWriter::PacketWriter(std::span<uint8_t> out, const HeaderFields& fields, std::span<const Ssrc> csrcs)
    : out_(out), writer_(out) {
  ok_ = csrcs.size() <= kMaxCsrcs;
  if (!ok_) return;
  writer_.U8(static_cast<uint8_t>(0x80 | csrcs.size()));
  writer_.U8(static_cast<uint8_t>((fields.marker ? 0x80 : 0) | (fields.payload_type.value() & 0x7F)));
  writer_.U16(fields.seq.value());
  writer_.U32(fields.timestamp);
  writer_.U32(fields.ssrc.value());
  for (Ssrc csrc : csrcs) writer_.U32(csrc.value());
}

void PacketWriter::Extensions(std::span<const ExtensionElement> elements) {
  if (elements.empty() || !ok_ || !writer_.ok()) return;
  ok_ = std::all_of(elements.begin(), elements.end(),
                    [](const ExtensionElement& e) { return e.id != 0 && e.value.size() <= kMaxValueSize; });
  const bool two_byte = NeedsTwoByteForm(elements);
  const size_t used = ElementsSize(elements, two_byte);
  const size_t size = RoundUpToWord(used);
  if (!ok_ || writer_.left() < kBlockHeaderSize + size) return ok_ = false, void();

  extension_at_ = writer_.size();
  extension_size_ = size;
  out_[0] |= 0x10;
  writer_.U16(two_byte ? kTwoByteProfile : kOneByteProfile);
  writer_.U16(static_cast<uint16_t>(size / 4));
  for (const ExtensionElement& e : elements) {
    if (two_byte) {
      writer_.U8(e.id);
      writer_.U8(static_cast<uint8_t>(e.value.size()));
    } else {
      writer_.U8(static_cast<uint8_t>(e.id << 4 | (e.value.size() - 1)));
    }
    writer_.Bytes(e.value);
  }
  writer_.Zeros(size - used);
}

std::span<uint8_t> PacketWriter::ExtensionValue(uint8_t id) {
  if (extension_at_ == 0) return {};
  const auto profile = static_cast<uint16_t>(out_[extension_at_] << 8 | out_[extension_at_ + 1]);
  ExtensionWalk walk(profile, out_.subspan(extension_at_ + kBlockHeaderSize, extension_size_));
  while (const auto element = walk.Next()) {
    if (element->id != id) continue;
    return out_.subspan(static_cast<size_t>(element->value.data() - out_.data()), element->value.size());
  }
  return {};
}

void PacketWriter::Payload(std::span<const uint8_t> bytes) { writer_.Bytes(bytes); }

void PacketWriter::Padding(uint8_t size) {
  if (size == 0 || !ok_ || !writer_.ok()) return;
  out_[0] |= 0x20;
  writer_.Zeros(size - 1u);
  writer_.U8(size);
}

}  // namespace sluice::rtp
