#include "controller/direct_transport.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/wire.h"

namespace sluice::controller {
namespace {

absl::Status NoBitrate() { return absl::UnimplementedError("a direct transport has no bit rates to be limited"); }

}  // namespace

DirectTransport::DirectTransport(Base base) : Transport(std::move(base)) {}

DirectTransport::~DirectTransport() = default;

absl::Status DirectTransport::SendRtcp(std::span<const uint8_t> packet) {
  fbs::transport::SendRtcpNotificationT body;
  body.data.assign(packet.begin(), packet.end());
  return Notify(fbs::notification::Event::TransportSendRtcp, NotificationBody(std::move(body)));
}

void DirectTransport::SetMaxIncomingBitrate(uint32_t, DoneCallback done) { Refuse(std::move(done), NoBitrate()); }
void DirectTransport::SetMaxOutgoingBitrate(uint32_t, DoneCallback done) { Refuse(std::move(done), NoBitrate()); }
void DirectTransport::SetMinOutgoingBitrate(uint32_t, DoneCallback done) { Refuse(std::move(done), NoBitrate()); }

void DirectTransport::GetStats(Callback<DirectTransportStats> done) {
  Call(Method::TransportGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<DirectTransportStats> {
         const auto* body = response.body_as_DirectTransportGetStats();
         if (body == nullptr) return UnreadableAnswer();
         DirectTransportStats stats;
         FromFbs(body->base(), stats);
         return stats;
       }));
}

void DirectTransport::OnNotification(const fbs::notification::Notification& notification) {
  if (notification.event() != fbs::notification::Event::DirectTransportRtcp) {
    return Transport::OnNotification(notification);
  }
  if (const auto* body = notification.body_as_DirectTransportRtcp()) Emit(on.rtcp, Bytes(body->data()));
}

}  // namespace sluice::controller
