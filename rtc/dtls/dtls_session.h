// One DTLS association with one peer, in either role (RFC 6347, RFC 5764): datagrams in, datagrams out.
//
// kConnected means: the handshake is done, the peer's certificate has the fingerprint that was set, and an SRTP profile
// was agreed. Only then are there keys. The fingerprint may be set before or during the handshake or after its last
// datagram; as long as it is unknown, the session stays in kConnecting. A wrong one fails the handshake with an alert.
//
// Every call may leave datagrams to be sent: take them after each call, in order; each is at most kMtu bytes
// (application data apart, whose size its sender chooses). Callers compare state() before and after a call.
//
// Time: OpenSSL keeps the retransmission timer and reads the system's clock for it. NextDeadline() is `now` of the last
// call plus what OpenSSL says is left; OnTimer() before that does nothing. The first timeout is 100 ms, doubled up to
// 6.4 s; after 12 in one flight the session fails.
//
// Bounds: OpenSSL holds at most ten handshake messages ahead of time and a hundred records of the next epoch; the two
// queues here are bounded by kMaxQueued entries and kMaxQueuedBytes, what comes later is dropped. Bytes from the peer
// can end the session (a fatal alert is one) but nothing worse. Lifetime: the context outlives the session. Movable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rtc/base/units.h"
#include "rtc/dtls/dtls_context.h"

namespace sluice {

// kAuto is for parameters only: a session is one or the other.
enum class DtlsRole : uint8_t { kAuto, kClient, kServer };
enum class DtlsState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };

// Master key followed by master salt, for each direction.
struct SrtpKeys {
  uint16_t dtls_profile = 0;  // RFC 5764 section 4.1.2: 0x0001, 0x0002, 0x0007 or 0x0008
  std::vector<uint8_t> local;
  std::vector<uint8_t> remote;
};

class DtlsSession {
 public:
  static constexpr size_t kMtu = 1200;              // bytes, handshake datagrams
  static constexpr size_t kMaxQueued = 64;          // datagrams, and messages of application data
  static constexpr size_t kMaxQueuedBytes = 65536;  // of application data received: what one datagram can bring
  static constexpr size_t kMaxMessage = 16384;      // bytes of application data in one record

  explicit DtlsSession(DtlsContext& context);
  ~DtlsSession();
  DtlsSession(DtlsSession&&) noexcept;
  DtlsSession& operator=(DtlsSession&&) noexcept;

  // Once. As the client it leaves the ClientHello to be sent. Datagrams that arrive earlier are dropped.
  void Start(DtlsRole role, Timestamp now);
  // InvalidArgument, naming the field, for an unknown algorithm or an ill-formed value. May complete or fail the
  // session at once.
  absl::Status SetRemoteFingerprint(const DtlsFingerprint& fingerprint, Timestamp now);

  void HandleDatagram(std::span<const uint8_t> datagram, Timestamp now);
  void OnTimer(Timestamp now);
  // Infinite when nothing is to be retransmitted.
  Timestamp NextDeadline() const;
  // Leaves a close_notify to be sent, if there is an association. State becomes kClosed, unless kFailed.
  void Close(Timestamp now);

  // One record, one datagram. False when not connected or larger than kMaxMessage.
  bool SendApplicationData(std::span<const uint8_t> message, Timestamp now);

  std::vector<std::vector<uint8_t>> TakeDatagrams();
  std::vector<std::vector<uint8_t>> TakeApplicationData();

  DtlsState state() const;
  DtlsRole role() const;  // kAuto before Start
  // Datagrams that were for nothing: before Start, after the end, and those that OpenSSL made nothing of once the
  // handshake was done (during it, it does not say).
  uint64_t discarded() const;
  // Exported anew on each call, kept nowhere. Only in kConnected.
  std::optional<SrtpKeys> keys() const;
  // Of the peer's certificate; empty before it is verified.
  std::string remote_certificate_pem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
