// Protects outgoing RTP with AES-GCM (RFC 7714) by Intel's ipsec-mb, which takes a fifth of the time of libsrtp:
// docs/decisions/cipher.md. The bytes are those that libsrtp makes, and what is refused is the same.
//
// Keeps of each SSRC the highest index (roll-over counter and sequence number, RFC 3711, 3.3.1). The caller guarantees
// what SrtpSession asks for: one index never protects two different packets.
//
// It is there only where the library was found at build time and the processor has AES and carry-less multiplication.
// Not thread-safe; several may be used on different threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/ids.h"
#include "rtc/srtp/srtp_result.h"
#include "rtc/srtp/srtp_suite.h"

namespace sluice {

class GcmProtector {
 public:
  // nullopt where it is not to be had, and for suites without GCM. `keying` is master key and salt, of the suite's size.
  static std::optional<GcmProtector> Create(SrtpSuite suite, std::span<const uint8_t> keying);

  GcmProtector(GcmProtector&&) noexcept;
  GcmProtector& operator=(GcmProtector&&) noexcept;
  ~GcmProtector();

  // The packet is the first `size` bytes of `buffer`, at least 12, with version 2; the buffer is longer by the tag.
  SrtpResult Protect(std::span<uint8_t> buffer, size_t size);
  void RemoveStream(Ssrc ssrc);

 private:
  struct Key;

  explicit GcmProtector(std::unique_ptr<Key> key);
  uint64_t& HighestOf(uint32_t ssrc);

  std::unique_ptr<Key> key_;
  absl::flat_hash_map<uint32_t, uint64_t> highest_;  // index by SSRC
  std::optional<uint32_t> last_ssrc_;                // and where its index is: saves the look-up
  uint64_t* last_highest_ = nullptr;
};

}  // namespace sluice
