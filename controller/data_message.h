// Messages of data producers and data consumers: bytes under an SCTP payload protocol identifier (RFC 8831 section 8).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::controller {

// How a data producer or data consumer is carried: as a stream of its transport's SCTP association, or, on a direct
// transport, over the pipe to the worker.
enum class DataType : uint8_t { kSctp, kDirect };
std::string_view ToString(DataType type);  // "sctp", "direct"

enum Ppid : uint32_t {
  kPpidString = 51,
  kPpidBinary = 53,
  kPpidStringEmpty = 56,  // SCTP has no empty messages: one byte that is not looked at stands for it
  kPpidBinaryEmpty = 57,
};

inline uint32_t TextPpid(std::string_view text) { return text.empty() ? kPpidStringEmpty : kPpidString; }
inline uint32_t BinaryPpid(std::span<const uint8_t> data) { return data.empty() ? kPpidBinaryEmpty : kPpidBinary; }
inline std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The bytes that go under `ppid`.
inline std::vector<uint8_t> DataPayload(std::span<const uint8_t> data, uint32_t ppid) {
  if (ppid == kPpidStringEmpty) return {' '};
  if (ppid == kPpidBinaryEmpty) return {0};
  return {data.begin(), data.end()};
}

}  // namespace sluice::controller
