#include <algorithm>

#include "worker/event_log.h"
#include "worker/handlers/handlers.h"

namespace sluice::handlers {

Result RouterDump(Call& call, RouterObject& router) {
  fbs::router::DumpResponseT out;
  out.id = router.id();
  for (const auto& observer : router.observers) out.rtp_observer_ids.push_back(observer->id());
  for (const auto& transport : router.transports) {
    out.transport_ids.push_back(transport->id);
    for (const auto& producer : transport->transport->producers()) {
      auto entry = std::make_unique<fbs::base::StringStringArrayT>();
      entry->key = producer->id();
      for (const Producer::Link& link : producer->links()) entry->values.push_back(link.consumer->id());
      out.map_producer_id_consumer_ids.push_back(std::move(entry));
      entry = std::make_unique<fbs::base::StringStringArrayT>();
      entry->key = producer->id();
      for (const auto& observer : router.observers) {
        if (observer->observer->Observes(*producer)) entry->values.push_back(observer->id());
      }
      out.map_producer_id_observer_ids.push_back(std::move(entry));
    }
    for (const auto& producer : transport->transport->data().producers()) {
      auto entry = std::make_unique<fbs::base::StringStringArrayT>();
      entry->key = producer->id();
      for (const DataProducer::Link& link : producer->links()) entry->values.push_back(link.consumer->id());
      out.map_data_producer_id_data_consumer_ids.push_back(std::move(entry));
    }
    for (const auto& consumer : transport->transport->data().consumers()) {
      auto entry = std::make_unique<fbs::base::StringStringT>();
      entry->key = consumer->id();
      entry->value = consumer->producer().id();
      out.map_data_consumer_id_data_producer_id.push_back(std::move(entry));
    }
    for (const auto& consumer : transport->transport->consumers()) {
      auto entry = std::make_unique<fbs::base::StringStringT>();
      entry->key = consumer->id();
      entry->value = consumer->producer().id();
      out.map_consumer_id_producer_id.push_back(std::move(entry));
    }
  }
  return Answer{fbs::response::Body::RouterDump, fbs::router::CreateDumpResponse(call.b, &out).Union()};
}

namespace {

// What a transport refused while it lived, for whoever looks for the reason of something missing.
std::string DropsOf(const Transport& transport) {
  std::string out;
  for (size_t i = 0; i < kDropReasons; ++i) {
    const auto reason = static_cast<DropReason>(i);
    const uint64_t count = transport.drops().of(reason);
    if (count > 0) out += fmt::format(" {}:{}", ToString(reason), count);
  }
  return out.empty() ? " nothing" : out;
}

}  // namespace

void CloseTransport(Call& call, TransportObject& transport) {
  Core& core = call.core;
  RouterObject& router = *transport.router;
  core.media.Forget(*transport.transport);
  const std::string id = transport.id;
  core.log.Debug("info", "transport closes [transportId:{}], dropped:{}", id, DropsOf(*transport.transport));
  LogFarewell(core.log, id, *transport.transport, call.turn.now);
  for (const std::string& gone : router.router->CloseTransport(*transport.transport, call.turn)) {
    core.objects.Remove(gone);
  }
  // What it said last must leave before its sockets go.
  call.turn.batch.Flush();
  for (const Listening& l : transport.listening) core.media.network().Close(l.socket);
  if (transport.server) transport.server->transports.Remove(transport);
  core.objects.Remove(id);
  router.transports.Remove(transport);
}

Result RouterCloseTransport(Call& call, RouterObject& router, const fbs::router::CloseTransportRequest& body) {
  const std::string id = body.transport_id() ? body.transport_id()->str() : "";
  TransportObject* transport = call.core.objects.Find<TransportObject>(id);
  if (!transport || transport->router != &router) return NotFound("Transport", id);
  CloseTransport(call, *transport);
  return Answer();
}

}  // namespace sluice::handlers
