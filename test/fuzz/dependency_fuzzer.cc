// Dependency descriptors, one after the other, of one stream. Whatever can be read stays within the bounds of the format,
// and rewriting it gives what reads the same but for the two things that were to change.
//
// Input: for each packet its size, a byte of how its number goes on, a byte of what is asked for, the descriptor.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/codec/dependency_descriptor.h"

namespace {

using namespace sluice;
using namespace sluice::codec;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckBounds(const DependencyInfo& info, const DependencyReader& reader) {
  Require(info.target_count >= 1 && info.target_count <= kMaxDecodeTargets);
  Require(info.chain_count <= kMaxChains && info.frame_difference_count <= kMaxFrameDifferences);
  const DependencyStructure* structure = reader.structure();
  Require(structure && !structure->templates.empty() && structure->templates.size() <= 64);
  Require(structure->spatial_layers() <= 8 && structure->temporal_layers() <= 8);
  Require(info.target_count == structure->target_count && info.chain_count == structure->chain_count);
}

void CheckRewriting(std::span<const uint8_t> descriptor, DependencyInfo info, std::optional<uint32_t> mask,
                    DependencyReader reader, ExtSeqNum seq) {
  std::array<uint8_t, 300> out;
  const uint16_t number = static_cast<uint16_t>(info.frame_number + 12345);
  const size_t size = RewriteDescriptor(descriptor, info, number, mask, out);
  if (size == 0) {
    Require(mask.has_value() && descriptor.size() + 6 > kMaxDescriptorSize);
    return;
  }
  Require(size <= kMaxDescriptorSize);
  // A copy of the exact size, so that a sanitizer sees every byte too far.
  const std::vector<uint8_t> written(out.begin(), out.begin() + static_cast<ptrdiff_t>(size));
  const auto again = reader.Read(written, seq);
  Require(again.has_value());
  info.frame_number = number;
  if (mask) {
    info.has_active_targets = true;
    info.active_targets = *mask & static_cast<uint32_t>((uint64_t{1} << info.target_count) - 1);
  }
  Require(*again == info);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader in(std::span(data, size));
  DependencyReader reader;
  ExtSeqNum seq(65536);
  while (in.left() >= 3) {
    const uint8_t length = in.U8();
    seq = seq + static_cast<int8_t>(in.U8());
    const uint8_t wish = in.U8();
    const auto bytes = in.Bytes(std::min<size_t>(length, in.left()));
    const std::vector<uint8_t> descriptor(bytes.begin(), bytes.end());
    const auto info = reader.Read(descriptor, seq);
    if (!info) continue;
    CheckBounds(*info, reader);
    const auto mask = wish & 1 ? std::optional<uint32_t>(wish * 0x01010101u) : std::nullopt;
    CheckRewriting(descriptor, *info, mask, reader, seq);
  }
  return 0;
}
