// The handlers of requests and of notifications, by whom they are addressed to, and the helper that finds the addressee
// and the body.
//
// A handler takes the call, the object that the handler id names, and the body if the method has one. It decodes and
// checks everything before it changes anything.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "worker/notifications.h"
#include "worker/requests.h"
#include "worker/wire/rtp_wire.h"
#include "worker/wire/transport_wire.h"

namespace sluice::handlers {

using Result = absl::StatusOr<Answer>;

inline absl::Status NotFound(std::string_view what, const std::string& id) {
  return absl::NotFoundError(fmt::format("{} with id \"{}\" not found", what, id));
}
inline absl::Status TooMany(std::string_view field, size_t most) {
  return absl::InvalidArgumentError(fmt::format("{}: more than {}", field, most));
}
inline absl::Status Missing(std::string_view field) {
  return absl::InvalidArgumentError(fmt::format("{} is missing", field));
}
// A new object's id: there, not too long, and not taken.
absl::StatusOr<std::string> NewId(const Core& core, const flatbuffers::String* id, std::string_view field);

template <class T>
T* Addressee(Call& call) {
  return call.core.objects.Find<T>(call.handler_id);
}
template <>
inline Core* Addressee<Core>(Call& call) {
  return &call.core;
}

absl::Status MustBe(const TransportObject& transport, TransportKind kind, std::string_view name);

// The router of something on `transport`. Every object's transport is in the registry for as long as the object is.
inline Router& RouterOf(const Call& call, const Transport& transport) {
  return *call.core.objects.Find<TransportObject>(transport.id())->router->router;
}

// What a handler is addressed to, in words.
template <class T>
constexpr std::string_view kName = "worker";
template <>
inline constexpr std::string_view kName<WebRtcServerObject> = "WebRtcServer";
template <>
inline constexpr std::string_view kName<RouterObject> = "Router";
template <>
inline constexpr std::string_view kName<TransportObject> = "Transport";
template <>
inline constexpr std::string_view kName<ObserverObject> = "RtpObserver";
template <>
inline constexpr std::string_view kName<Producer> = "Producer";
template <>
inline constexpr std::string_view kName<Consumer> = "Consumer";
template <>
inline constexpr std::string_view kName<DataProducer> = "DataProducer";
template <>
inline constexpr std::string_view kName<DataConsumer> = "DataConsumer";

// Bound<&F>::Run is the table's entry for handler F.
template <auto F>
struct Bound;

template <class T, Result (*F)(Call&, T&)>
struct Bound<F> {
  static Result Run(Call& call) {
    T* to = Addressee<T>(call);
    if (!to) return NotFound(kName<T>, call.handler_id);
    return F(call, *to);
  }
};

template <class T, class Body, Result (*F)(Call&, T&, const Body&)>
struct Bound<F> {
  static Result Run(Call& call) {
    T* to = Addressee<T>(call);
    if (!to) return NotFound(kName<T>, call.handler_id);
    const Body* body = call.request.body_as<Body>();
    if (!body) return Missing("body");
    return F(call, *to, *body);
  }
};

// worker_handlers.cc
Result WorkerDump(Call& call, Core& core);
Result WorkerGetResourceUsage(Call& call, Core& core);
Result WorkerUpdateSettings(Call& call, Core& core, const fbs::worker::UpdateSettingsRequest& body);
Result WorkerCreateRouter(Call& call, Core& core, const fbs::worker::CreateRouterRequest& body);
Result WorkerCloseRouter(Call& call, Core& core, const fbs::worker::CloseRouterRequest& body);

// webrtc_server_handlers.cc
Result WorkerCreateWebRtcServer(Call& call, Core& core, const fbs::worker::CreateWebRtcServerRequest& body);
Result WorkerCloseWebRtcServer(Call& call, Core& core, const fbs::worker::CloseWebRtcServerRequest& body);
Result WebRtcServerDump(Call& call, WebRtcServerObject& server);

// router_handlers.cc
Result RouterDump(Call& call, RouterObject& router);
Result RouterCloseTransport(Call& call, RouterObject& router, const fbs::router::CloseTransportRequest& body);

// create_transport_handlers.cc
Result RouterCreateWebRtcTransport(Call& call, RouterObject& router,
                                   const fbs::router::CreateWebRtcTransportRequest& body);
Result RouterCreatePlainTransport(Call& call, RouterObject& router,
                                  const fbs::router::CreatePlainTransportRequest& body);
Result RouterCreatePipeTransport(Call& call, RouterObject& router, const fbs::router::CreatePipeTransportRequest& body);

// direct_handlers.cc
Result RouterCreateDirectTransport(Call& call, RouterObject& router,
                                   const fbs::router::CreateDirectTransportRequest& body);
absl::Status TransportSendRtcp(Note& note, TransportObject& transport,
                               const fbs::transport::SendRtcpNotification& body);
absl::Status ProducerSend(Note& note, Producer& producer, const fbs::producer::SendNotification& body);

// transport_handlers.cc
Result TransportDump(Call& call, TransportObject& transport);
Result TransportGetStats(Call& call, TransportObject& transport);
Result TransportGetCongestionStats(Call& call, TransportObject& transport);
// Whatever the kind: the body is the kind's own.
Result TransportConnect(Call& call, TransportObject& transport);
Result WebRtcTransportConnect(Call& call, TransportObject& transport, const fbs::webrtc::ConnectRequest& body);
Result PlainTransportConnect(Call& call, TransportObject& transport, const fbs::plain::ConnectRequest& body);
Result PipeTransportConnect(Call& call, TransportObject& transport, const fbs::pipe::ConnectRequest& body);
Result TransportSetMaxIncomingBitrate(Call& call, TransportObject& transport,
                                      const fbs::transport::SetMaxIncomingBitrateRequest& body);
Result TransportSetMaxOutgoingBitrate(Call& call, TransportObject& transport,
                                      const fbs::transport::SetMaxOutgoingBitrateRequest& body);
Result TransportSetMinOutgoingBitrate(Call& call, TransportObject& transport,
                                      const fbs::transport::SetMinOutgoingBitrateRequest& body);
Result TransportRestartIce(Call& call, TransportObject& transport);
Result TransportEnableTraceEvent(Call& call, TransportObject& transport,
                                 const fbs::transport::EnableTraceEventRequest& body);

// produce_handlers.cc
Result TransportProduce(Call& call, TransportObject& transport, const fbs::transport::ProduceRequest& body);
Result TransportConsume(Call& call, TransportObject& transport, const fbs::transport::ConsumeRequest& body);
Result TransportCloseProducer(Call& call, TransportObject& transport, const fbs::transport::CloseProducerRequest& body);
Result TransportCloseConsumer(Call& call, TransportObject& transport, const fbs::transport::CloseConsumerRequest& body);

// media_handlers.cc
Result ProducerDump(Call& call, Producer& producer);
Result ProducerGetStats(Call& call, Producer& producer);
Result ProducerPause(Call& call, Producer& producer);
Result ProducerResume(Call& call, Producer& producer);
Result ProducerEnableTraceEvent(Call& call, Producer& producer, const fbs::producer::EnableTraceEventRequest& body);
Result ProducerWatchWantedLayers(Call& call, Producer& producer);
Result ConsumerDump(Call& call, Consumer& consumer);
Result ConsumerGetStats(Call& call, Consumer& consumer);
Result ConsumerPause(Call& call, Consumer& consumer);
Result ConsumerResume(Call& call, Consumer& consumer);
Result ConsumerSetPreferredLayers(Call& call, Consumer& consumer, const fbs::consumer::SetPreferredLayersRequest& body);
Result ConsumerSetPriority(Call& call, Consumer& consumer, const fbs::consumer::SetPriorityRequest& body);
Result ConsumerRequestKeyFrame(Call& call, Consumer& consumer);
Result ConsumerEnableTraceEvent(Call& call, Consumer& consumer, const fbs::consumer::EnableTraceEventRequest& body);

// data_handlers.cc
Result TransportProduceData(Call& call, TransportObject& transport, const fbs::transport::ProduceDataRequest& body);
Result TransportConsumeData(Call& call, TransportObject& transport, const fbs::transport::ConsumeDataRequest& body);
Result TransportCloseDataProducer(Call& call, TransportObject& transport,
                                  const fbs::transport::CloseDataProducerRequest& body);
Result TransportCloseDataConsumer(Call& call, TransportObject& transport,
                                  const fbs::transport::CloseDataConsumerRequest& body);
Result DataProducerDump(Call& call, DataProducer& producer);
Result DataProducerGetStats(Call& call, DataProducer& producer);
Result DataProducerPause(Call& call, DataProducer& producer);
Result DataProducerResume(Call& call, DataProducer& producer);
absl::Status DataProducerSend(Note& note, DataProducer& producer, const fbs::data::ProducerSendNotification& body);

// data_consumer_handlers.cc
Result DataConsumerDump(Call& call, DataConsumer& consumer);
Result DataConsumerGetStats(Call& call, DataConsumer& consumer);
Result DataConsumerPause(Call& call, DataConsumer& consumer);
Result DataConsumerResume(Call& call, DataConsumer& consumer);
Result DataConsumerGetBufferedAmount(Call& call, DataConsumer& consumer);
Result DataConsumerSetBufferedAmountLowThreshold(Call& call, DataConsumer& consumer,
                                                 const fbs::data::ConsumerSetBufferedAmountLowThresholdRequest& body);
Result DataConsumerSend(Call& call, DataConsumer& consumer, const fbs::data::ConsumerSendRequest& body);
Result DataConsumerSetSubchannels(Call& call, DataConsumer& consumer,
                                  const fbs::data::ConsumerSetSubchannelsRequest& body);
Result DataConsumerAddSubchannel(Call& call, DataConsumer& consumer,
                                 const fbs::data::ConsumerAddSubchannelRequest& body);
Result DataConsumerRemoveSubchannel(Call& call, DataConsumer& consumer,
                                    const fbs::data::ConsumerRemoveSubchannelRequest& body);

// observer_handlers.cc
Result RouterCreateAudioLevelObserver(Call& call, RouterObject& router,
                                      const fbs::router::CreateAudioLevelObserverRequest& body);
Result RouterCreateActiveSpeakerObserver(Call& call, RouterObject& router,
                                         const fbs::router::CreateActiveSpeakerObserverRequest& body);
Result RouterCloseRtpObserver(Call& call, RouterObject& router, const fbs::router::CloseRtpObserverRequest& body);
Result RtpObserverPause(Call& call, ObserverObject& observer);
Result RtpObserverResume(Call& call, ObserverObject& observer);
Result RtpObserverAddProducer(Call& call, ObserverObject& observer, const fbs::observer::AddProducerRequest& body);
Result RtpObserverRemoveProducer(Call& call, ObserverObject& observer,
                                 const fbs::observer::RemoveProducerRequest& body);

// Closes an observer, with its timer and id.
void CloseObserver(Core& core, ObserverObject& observer);

// Closes a router and everything in it.
void CloseRouter(Call& call, RouterObject& router);

// Puts a transport that is complete into the router, the registry and the list. The last step of every creation.
absl::Status InsertTransport(Call& call, RouterObject& router, std::unique_ptr<TransportObject> object,
                             std::unique_ptr<Transport> transport);

// Closes a transport and all that is on it, its sockets and ids included. Its media leaves first.
void CloseTransport(Call& call, TransportObject& transport);

// Opens sockets for `requests`: all of them or none.
absl::StatusOr<std::vector<Listening>> ListenAll(Core& core, const std::vector<wire::ListenRequest>& requests);

}  // namespace sluice::handlers
