#include "rtc/rtcp/transport_feedback_chunks.h"

#include <algorithm>

namespace sluice::rtcp {
namespace {

constexpr size_t kMaxRun = 8191;
constexpr size_t kOneBitStatuses = 14;
constexpr size_t kTwoBitStatuses = 7;
constexpr uint16_t kVector = 0x8000;
constexpr uint16_t kTwoBits = 0x4000;

struct Chunk {
  uint16_t word;
  size_t covered;  // statuses
};

uint16_t VectorWord(std::span<const PacketStatus> statuses, int bits) {
  uint16_t word = bits == 2 ? kVector | kTwoBits : kVector;
  int shift = 14;
  for (PacketStatus status : statuses) {
    shift -= bits;
    word = static_cast<uint16_t>(word | static_cast<int>(status) << shift);
  }
  return word;
}

// The chunk that covers most of what is left.
Chunk NextChunk(std::span<const PacketStatus> left) {
  const auto differs = std::find_if(left.begin(), left.end(), [&](PacketStatus s) { return s != left.front(); });
  const size_t run = std::min(static_cast<size_t>(differs - left.begin()), kMaxRun);
  const auto one_bit = left.first(std::min(left.size(), kOneBitStatuses));
  const bool all_small =
      std::none_of(one_bit.begin(), one_bit.end(), [](PacketStatus s) { return s == PacketStatus::kLargeDelta; });
  const auto two_bit = left.first(std::min(left.size(), kTwoBitStatuses));

  if (run >= (all_small ? one_bit : two_bit).size()) {
    return {static_cast<uint16_t>(static_cast<size_t>(left.front()) << 13 | run), run};
  }
  if (all_small) return {VectorWord(one_bit, 1), one_bit.size()};
  return {VectorWord(two_bit, 2), two_bit.size()};
}

template <class F>
void ForEachChunk(std::span<const PacketStatus> statuses, F chunk_word) {
  while (!statuses.empty()) {
    const Chunk chunk = NextChunk(statuses);
    chunk_word(chunk.word);
    statuses = statuses.subspan(chunk.covered);
  }
}

}  // namespace

bool ReadStatusChunks(ByteReader& in, size_t count, PacketStatuses& statuses) {
  statuses.reserve(count);
  const auto add = [&](int status, size_t times) {
    if (statuses.size() == count) return true;  // the rest of the last chunk means nothing
    if (status > static_cast<int>(PacketStatus::kLargeDelta)) return false;
    statuses.resize(statuses.size() + std::min(times, count - statuses.size()), static_cast<PacketStatus>(status));
    return true;
  };
  while (statuses.size() < count) {
    const uint16_t word = in.U16();
    if (!in.ok()) return false;
    if ((word & kVector) == 0) {
      const size_t run = word & kMaxRun;
      if (run == 0 || !add(word >> 13, run)) return false;
      continue;
    }
    const int bits = (word & kTwoBits) != 0 ? 2 : 1;
    for (int shift = 14 - bits; shift >= 0; shift -= bits) {
      if (!add(word >> shift & ((1 << bits) - 1), 1)) return false;
    }
  }
  return true;
}

size_t StatusChunksSize(std::span<const PacketStatus> statuses) {
  size_t size = 0;
  ForEachChunk(statuses, [&](uint16_t) { size += 2; });
  return size;
}

void WriteStatusChunks(std::span<const PacketStatus> statuses, ByteWriter& out) {
  ForEachChunk(statuses, [&](uint16_t word) { out.U16(word); });
}

}  // namespace sluice::rtcp
