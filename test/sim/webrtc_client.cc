#include "test/sim/webrtc_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/base/check.h"
#include "rtc/stun/message.h"

namespace sluice::sim {

WebRtcClient::WebRtcClient(EventQueue& events, DtlsContext& context, const Config& config, Rng& rng, Hooks hooks)
    : events_(events),
      role_(config.role),
      hooks_(std::move(hooks)),
      ice_(config.local, config.remote, rng),
      dtls_(context) {
  SLUICE_CHECK(dtls_.SetRemoteFingerprint(config.fingerprint, events_.now()).ok());
  ice_.Start(events_.now());
  Rearm();
}

bool WebRtcClient::HandleDatagram(std::span<const uint8_t> datagram) {
  const Timestamp now = events_.now();
  const DtlsState before = dtls_.state();
  if (stun::LooksLikeStun(datagram)) {
    const auto message = stun::Message::Parse(datagram);
    const bool answered = message && ice_.HandleResponse(*message, now);
    if (answered && before == DtlsState::kNew) dtls_.Start(role_, now);
  } else if (!datagram.empty() && datagram[0] >= 20 && datagram[0] <= 63) {
    dtls_.HandleDatagram(datagram, now);
  } else {
    return false;
  }
  AfterDtls(before);
  Rearm();
  return true;
}

void WebRtcClient::OnTimer() {
  std::array<uint8_t, IceClient::kMaxRequest> request;
  const size_t size = ice_.OnTimer(events_.now(), request);
  if (size > 0) hooks_.send(std::span(request).first(size));
  const DtlsState before = dtls_.state();
  dtls_.OnTimer(events_.now());
  AfterDtls(before);
  Rearm();
}

void WebRtcClient::AfterDtls(DtlsState before) {
  for (const auto& datagram : dtls_.TakeDatagrams()) hooks_.send(datagram);
  if (before != DtlsState::kConnected && dtls_.state() == DtlsState::kConnected) hooks_.connected(*dtls_.keys());
  for (const auto& bytes : dtls_.TakeApplicationData()) {
    if (hooks_.data) hooks_.data(bytes);
  }
}

void WebRtcClient::SendData(std::span<const uint8_t> bytes) {
  dtls_.SendApplicationData(bytes, events_.now());
  for (const auto& datagram : dtls_.TakeDatagrams()) hooks_.send(datagram);
}

void WebRtcClient::Rearm() {
  events_.Cancel(armed_);
  armed_ = events_.At(std::min(ice_.NextDeadline(), dtls_.NextDeadline()), [this] { OnTimer(); });
}

}  // namespace sluice::sim
