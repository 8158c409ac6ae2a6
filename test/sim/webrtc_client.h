// The browser's half of a WebRTC connection: ICE, controlling, towards one address; then DTLS in either role; then SRTP
// keys. It holds no media: whoever owns it offers every datagram and gets the keys once.
//
// OpenSSL reads the system's clock for its timers: a program that simulates this links a clock of its own (VirtualClock
// sets it). What OpenSSL writes is random all the same, so scenarios with it assert outcomes, not numbers.
#pragma once

#include <functional>
#include <span>

#include "rtc/base/rng.h"
#include "rtc/dtls/dtls_session.h"
#include "rtc/ice/ice_client.h"
#include "test/sim/event_queue.h"

namespace sluice::sim {

class WebRtcClient {
 public:
  struct Config {
    IceCredentials local;
    IceCredentials remote;
    DtlsRole role = DtlsRole::kClient;  // ours
    DtlsFingerprint fingerprint;        // theirs
  };
  struct Hooks {
    std::function<void(std::span<const uint8_t>)> send;
    std::function<void(const SrtpKeys&)> connected;
    std::function<void(std::span<const uint8_t>)> data;  // application data of DTLS; may be left out
  };

  // Begins at once. `context` and `rng` outlive it.
  WebRtcClient(EventQueue& events, DtlsContext& context, const Config& config, Rng& rng, Hooks hooks);
  ~WebRtcClient() { events_.Cancel(armed_); }
  WebRtcClient(const WebRtcClient&) = delete;
  WebRtcClient& operator=(const WebRtcClient&) = delete;

  // True when the datagram was STUN or DTLS.
  bool HandleDatagram(std::span<const uint8_t> datagram);
  // Over DTLS; lost while that is not connected.
  void SendData(std::span<const uint8_t> bytes);
  IceClient::State ice_state() const { return ice_.state(); }
  DtlsState dtls_state() const { return dtls_.state(); }

 private:
  void OnTimer();
  void AfterDtls(DtlsState before);
  void Rearm();

  EventQueue& events_;
  const DtlsRole role_;
  Hooks hooks_;
  IceClient ice_;
  DtlsSession dtls_;
  EventQueue::EventId armed_;
};

}  // namespace sluice::sim
