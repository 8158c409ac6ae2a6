// One direction of SRTP and SRTCP under one master key (RFC 3711, RFC 7714): the only place that knows libsrtp. Outgoing RTP
// is protected by GcmProtector where that is to be had.
//
// An inbound session unprotects whatever SSRC arrives; an outbound one protects whatever SSRC it is given. Both keep a
// little state per SSRC (roll-over counter, replay window of kReplayWindow packets). In the inbound direction that
// state comes to be only once a packet of the SSRC was authenticated, and for at most kMaxStreams SSRCs: a further one
// takes the place of the one that is silent for longest, which begins anew when it comes back. So only the peer itself
// can harm its streams. Outgoing SSRCs are ours and not counted.
//
// Protecting one index twice is allowed, for the resending of lost packets without RTX. THE CALLER GUARANTEES that the
// bytes are then the same, header, extensions and padding included: with AES-GCM two different packets under one index
// give the key away. So an SSRC, once used, goes on above its highest sequence number for as long as the session lives,
// and RemoveStream() of an outbound SSRC is for SSRCs that never come back.
//
// Does not do MKI, header extension encryption (RFC 6904) or rekeying. libsrtp is initialised once per process, at the
// first Create; it reads no clock. Not thread-safe; sessions may be used on different threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "rtc/base/ids.h"
#include "rtc/srtp/gcm_protector.h"
#include "rtc/srtp/srtp_result.h"
#include "rtc/srtp/srtp_suite.h"

struct srtp_ctx_t_;

namespace sluice {

class SrtpSession {
 public:
  static constexpr size_t kMaxStreams = 2048;
  static constexpr size_t kReplayWindow = 1024;  // packets

  // `keying` is the master key followed by the master salt, SrtpSuiteInfo::keying_size() bytes. InvalidArgument when it
  // has another size.
  static absl::StatusOr<SrtpSession> CreateInbound(SrtpSuite suite, std::span<const uint8_t> keying);
  static absl::StatusOr<SrtpSession> CreateOutbound(SrtpSuite suite, std::span<const uint8_t> keying);
  // Without GcmProtector, to compare.
  static absl::StatusOr<SrtpSession> CreateOutboundByLibsrtp(SrtpSuite suite, std::span<const uint8_t> keying);

  SrtpSession(SrtpSession&& other) noexcept;
  SrtpSession& operator=(SrtpSession&& other) noexcept;
  ~SrtpSession();

  // Outbound. The packet is the first `size` bytes of `buffer`, which must be longer by the suite's overhead.
  // A failure leaves the buffer's contents undefined.
  SrtpResult ProtectRtp(std::span<uint8_t> buffer, size_t size);
  SrtpResult ProtectRtcp(std::span<uint8_t> buffer, size_t size);

  // Inbound, in place: afterwards the packet is the first `size` bytes. A failure leaves the contents undefined.
  SrtpResult UnprotectRtp(std::span<uint8_t> packet);
  SrtpResult UnprotectRtcp(std::span<uint8_t> packet);

  // Forgets the state of an SSRC, for instance when its producer is closed. Unknown ones are ignored.
  void RemoveStream(Ssrc ssrc);

  SrtpSuite suite() const { return suite_; }
  // Inbound: SSRCs with state, at most kMaxStreams.
  size_t streams() const { return streams_.size(); }

 private:
  SrtpSession(SrtpSuite suite, srtp_ctx_t_* context);
  static absl::StatusOr<SrtpSession> Create(SrtpSuite suite, std::span<const uint8_t> keying, bool inbound);
  void NoteInbound(uint32_t ssrc);
  void EvictSilentStream();

  SrtpSuite suite_;
  srtp_ctx_t_* context_;
  std::optional<GcmProtector> gcm_;  // for outgoing RTP
  // Inbound: the SSRCs that libsrtp keeps state of, and when each was heard last, in changes from one SSRC to another.
  absl::flat_hash_map<uint32_t, uint64_t> streams_;
  std::optional<uint32_t> last_ssrc_;  // most packets follow one of their own stream: saves the look-up
  uint64_t changes_ = 0;
};

}  // namespace sluice
