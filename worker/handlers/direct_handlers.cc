// Direct transports: their creation, and the packets that the controller sends into them.
#include <utility>

#include "worker/handlers/handlers.h"
#include "worker/wire/rtp_wire.h"

namespace sluice::handlers {
namespace {

// Packets that wait to be forwarded, of one producer: fewer than its store keeps, and what is forwarded of them is in
// memory at once.
constexpr size_t kMaxFresh = 64;

std::span<const uint8_t> Bytes(const flatbuffers::Vector<uint8_t>& data) { return {data.data(), data.size()}; }

}  // namespace

Result RouterCreateDirectTransport(Call& call, RouterObject& router,
                                   const fbs::router::CreateDirectTransportRequest& body) {
  auto id = NewId(call.core, body.transport_id(), "transportId");
  if (!id.ok()) return id.status();
  if (!body.options()) return Missing("options");
  auto object = std::make_unique<TransportObject>();
  object->id = *id;
  object->kind = TransportKind::kDirect;
  if (body.options()->base()) body.options()->base()->UnPackTo(&object->options);
  TransportObject* created = object.get();
  auto transport = Transport::CreateDirect({.id = *id}, call.core.TransportEnv(), call.turn.now);
  auto status = InsertTransport(call, router, std::move(object), std::move(transport));
  if (!status.ok()) return status;
  return Answer{fbs::response::Body::DirectTransportDump, wire::EncodeDirectDump(call.b, *created).Union()};
}

absl::Status TransportSendRtcp(Note& note, TransportObject& transport,
                               const fbs::transport::SendRtcpNotification& body) {
  if (auto status = MustBe(transport, TransportKind::kDirect, "DirectTransport"); !status.ok()) return status;
  if (!body.data()) return Missing("data");
  transport.transport->HandleDirectRtcp(Bytes(*body.data()), note.turn);
  note.core.media.Touch(*transport.transport);
  return absl::OkStatus();
}

absl::Status ProducerSend(Note& note, Producer& producer, const fbs::producer::SendNotification& body) {
  Transport& transport = producer.transport();
  if (!transport.path_policy().is_direct()) {
    return absl::InvalidArgumentError(fmt::format("producer \"{}\" is on no DirectTransport", producer.id()));
  }
  if (!body.data()) return Missing("data");
  transport.HandleDirectRtp(producer, Bytes(*body.data()), note.turn);
  note.core.media.Touch(transport);
  if (producer.fresh().size() >= kMaxFresh) note.core.media.End();
  return absl::OkStatus();
}

}  // namespace sluice::handlers
