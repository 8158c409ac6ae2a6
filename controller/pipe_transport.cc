#include "controller/pipe_transport.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/wire.h"

namespace sluice::controller {

PipeTransport::PipeTransport(Base base, Data data) : Transport(std::move(base)), data_(std::move(data)) {}

PipeTransport::~PipeTransport() = default;

void PipeTransport::Connect(PipeTransportRemote remote, DoneCallback done) {
  fbs::pipe::ConnectRequestT request;
  request.ip = remote.ip;
  request.port = remote.port;
  if (remote.srtp_parameters) {
    auto parameters = ToFbs(*remote.srtp_parameters);
    if (!parameters.ok()) return Refuse(std::move(done), parameters.status());
    request.srtp_parameters = *std::move(parameters);
  }
  auto self = std::static_pointer_cast<PipeTransport>(shared_from_this());
  Call(Method::PipeTransportConnect, Body(std::move(request)),
       [self, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         const auto* body = response.ok() ? (*response)->body_as_PipeTransportConnect() : nullptr;
         if (body != nullptr && body->tuple()) self->data_.tuple = FromFbs(body->tuple());
         if (done) done(response.status());
       });
}

void PipeTransport::GetStats(Callback<PipeTransportStats> done) {
  Call(Method::TransportGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<PipeTransportStats> {
         const auto* body = response.body_as_PipeTransportGetStats();
         if (body == nullptr) return UnreadableAnswer();
         PipeTransportStats stats;
         FromFbs(body->base(), stats);
         stats.tuple = FromFbs(body->tuple());
         return stats;
       }));
}

absl::StatusOr<RtpParameters> PipeTransport::NegotiateConsumer(const Producer& producer, const ConsumerOptions&) {
  return PipeConsumerRtpParameters(producer.consumable_rtp_parameters(), data_.rtx);
}

}  // namespace sluice::controller
