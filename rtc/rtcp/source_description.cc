#include "rtc/rtcp/source_description.h"

#include <algorithm>

namespace sluice::rtcp {
namespace {

constexpr uint8_t kCnameItem = 1;

// SSRC, item header, text, and at least one zero up to the next word.
size_t ChunkSize(const SourceDescription::Chunk& chunk) {
  const size_t text = std::min(chunk.cname.size(), SourceDescription::kMaxCname);
  const size_t items = chunk.cname.empty() ? 0 : 2 + text;
  return 4 + (items + 1 + 3) / 4 * 4;
}

// The items of one chunk and its padding.
bool ReadItems(ByteReader& in, SourceDescription::Chunk& chunk) {
  const size_t left_at_items = in.left();
  while (const uint8_t item = in.U8()) {
    const auto text = in.Bytes(in.U8());
    if (!in.ok()) return false;
    if (item != kCnameItem || !chunk.cname.empty()) continue;
    chunk.cname = {reinterpret_cast<const char*>(text.data()), text.size()};
  }
  const size_t used = left_at_items - in.left();
  in.Skip((4 - used % 4) % 4);
  return in.ok();
}

}  // namespace

std::optional<SourceDescription> SourceDescription::Parse(const Block& block) {
  ByteReader in(block.body);
  SourceDescription description;
  for (int i = 0; i < block.count; ++i) {
    Chunk chunk;
    chunk.ssrc = Ssrc(in.U32());
    if (!in.ok() || !ReadItems(in, chunk)) return std::nullopt;
    description.chunks.push_back(chunk);
  }
  return description;
}

size_t SourceDescription::WireSize() const {
  size_t size = kHeaderSize;
  for (size_t i = 0; i < std::min(chunks.size(), kMaxCount); ++i) size += ChunkSize(chunks[i]);
  return size;
}

void SourceDescription::Write(ByteWriter& out) const {
  const size_t count = std::min(chunks.size(), kMaxCount);
  WriteBlockHeader(out, static_cast<uint8_t>(count), PacketType::kSourceDescription, WireSize());
  for (size_t i = 0; i < count; ++i) {
    const Chunk& chunk = chunks[i];
    const std::string_view text = chunk.cname.substr(0, kMaxCname);
    out.U32(chunk.ssrc.value());
    size_t written = 4;
    if (!text.empty()) {
      out.U8(kCnameItem);
      out.U8(static_cast<uint8_t>(text.size()));
      out.Bytes({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
      written += 2 + text.size();
    }
    out.Zeros(ChunkSize(chunk) - written);
  }
}

}  // namespace sluice::rtcp
