#include <algorithm>
#include <array>

#include "worker/handlers/handlers.h"

namespace sluice {
namespace {

namespace h = handlers;
using fbs::request::Method;

constexpr size_t kMethods = static_cast<size_t>(Method::MAX) + 1;
// Of the two ranges of methods: those that others know, and our own.
constexpr size_t kShared = static_cast<size_t>(Method::RtpObserverRemoveProducer) + 1;
constexpr size_t kFirstOwn = static_cast<size_t>(Method::ProducerWatchWantedLayers);

constexpr std::array<Handler, kMethods> MakeTable() {
  std::array<Handler, kMethods> table{};
  auto set = [&table](Method method, Handler handler) { table[static_cast<size_t>(method)] = handler; };
  set(Method::WorkerDump, h::Bound<&h::WorkerDump>::Run);
  set(Method::WorkerGetResourceUsage, h::Bound<&h::WorkerGetResourceUsage>::Run);
  set(Method::WorkerUpdateSettings, h::Bound<&h::WorkerUpdateSettings>::Run);
  set(Method::WorkerCreateWebRtcServer, h::Bound<&h::WorkerCreateWebRtcServer>::Run);
  set(Method::WorkerCreateRouter, h::Bound<&h::WorkerCreateRouter>::Run);
  set(Method::WorkerWebRtcServerClose, h::Bound<&h::WorkerCloseWebRtcServer>::Run);
  set(Method::WorkerCloseRouter, h::Bound<&h::WorkerCloseRouter>::Run);
  set(Method::WebRtcServerDump, h::Bound<&h::WebRtcServerDump>::Run);
  set(Method::RouterDump, h::Bound<&h::RouterDump>::Run);
  set(Method::RouterCreateWebRtcTransport, h::Bound<&h::RouterCreateWebRtcTransport>::Run);
  set(Method::RouterCreateWebRtcTransportWithServer, h::Bound<&h::RouterCreateWebRtcTransport>::Run);
  set(Method::RouterCreatePlainTransport, h::Bound<&h::RouterCreatePlainTransport>::Run);
  set(Method::RouterCreatePipeTransport, h::Bound<&h::RouterCreatePipeTransport>::Run);
  set(Method::RouterCreateDirectTransport, h::Bound<&h::RouterCreateDirectTransport>::Run);
  set(Method::RouterCloseTransport, h::Bound<&h::RouterCloseTransport>::Run);
  set(Method::TransportDump, h::Bound<&h::TransportDump>::Run);
  set(Method::TransportGetStats, h::Bound<&h::TransportGetStats>::Run);
  set(Method::TransportGetCongestionStats, h::Bound<&h::TransportGetCongestionStats>::Run);
  set(Method::TransportConnect, h::Bound<&h::TransportConnect>::Run);
  set(Method::TransportSetMaxIncomingBitrate, h::Bound<&h::TransportSetMaxIncomingBitrate>::Run);
  set(Method::TransportSetMaxOutgoingBitrate, h::Bound<&h::TransportSetMaxOutgoingBitrate>::Run);
  set(Method::TransportSetMinOutgoingBitrate, h::Bound<&h::TransportSetMinOutgoingBitrate>::Run);
  set(Method::TransportRestartIce, h::Bound<&h::TransportRestartIce>::Run);
  set(Method::TransportProduce, h::Bound<&h::TransportProduce>::Run);
  set(Method::TransportConsume, h::Bound<&h::TransportConsume>::Run);
  set(Method::TransportEnableTraceEvent, h::Bound<&h::TransportEnableTraceEvent>::Run);
  set(Method::TransportCloseProducer, h::Bound<&h::TransportCloseProducer>::Run);
  set(Method::TransportCloseConsumer, h::Bound<&h::TransportCloseConsumer>::Run);
  set(Method::PlainTransportConnect, h::Bound<&h::PlainTransportConnect>::Run);
  set(Method::PipeTransportConnect, h::Bound<&h::PipeTransportConnect>::Run);
  set(Method::WebRtcTransportConnect, h::Bound<&h::WebRtcTransportConnect>::Run);
  set(Method::ProducerDump, h::Bound<&h::ProducerDump>::Run);
  set(Method::ProducerGetStats, h::Bound<&h::ProducerGetStats>::Run);
  set(Method::ProducerPause, h::Bound<&h::ProducerPause>::Run);
  set(Method::ProducerResume, h::Bound<&h::ProducerResume>::Run);
  set(Method::ProducerEnableTraceEvent, h::Bound<&h::ProducerEnableTraceEvent>::Run);
  set(Method::ProducerWatchWantedLayers, h::Bound<&h::ProducerWatchWantedLayers>::Run);
  set(Method::ConsumerDump, h::Bound<&h::ConsumerDump>::Run);
  set(Method::ConsumerGetStats, h::Bound<&h::ConsumerGetStats>::Run);
  set(Method::ConsumerPause, h::Bound<&h::ConsumerPause>::Run);
  set(Method::ConsumerResume, h::Bound<&h::ConsumerResume>::Run);
  set(Method::ConsumerSetPreferredLayers, h::Bound<&h::ConsumerSetPreferredLayers>::Run);
  set(Method::ConsumerSetPriority, h::Bound<&h::ConsumerSetPriority>::Run);
  set(Method::ConsumerRequestKeyFrame, h::Bound<&h::ConsumerRequestKeyFrame>::Run);
  set(Method::ConsumerEnableTraceEvent, h::Bound<&h::ConsumerEnableTraceEvent>::Run);
  set(Method::TransportProduceData, h::Bound<&h::TransportProduceData>::Run);
  set(Method::TransportConsumeData, h::Bound<&h::TransportConsumeData>::Run);
  set(Method::TransportCloseDataProducer, h::Bound<&h::TransportCloseDataProducer>::Run);
  set(Method::TransportCloseDataConsumer, h::Bound<&h::TransportCloseDataConsumer>::Run);
  set(Method::DataProducerDump, h::Bound<&h::DataProducerDump>::Run);
  set(Method::DataProducerGetStats, h::Bound<&h::DataProducerGetStats>::Run);
  set(Method::DataProducerPause, h::Bound<&h::DataProducerPause>::Run);
  set(Method::DataProducerResume, h::Bound<&h::DataProducerResume>::Run);
  set(Method::DataConsumerDump, h::Bound<&h::DataConsumerDump>::Run);
  set(Method::DataConsumerGetStats, h::Bound<&h::DataConsumerGetStats>::Run);
  set(Method::DataConsumerPause, h::Bound<&h::DataConsumerPause>::Run);
  set(Method::DataConsumerResume, h::Bound<&h::DataConsumerResume>::Run);
  set(Method::DataConsumerGetBufferedAmount, h::Bound<&h::DataConsumerGetBufferedAmount>::Run);
  set(Method::DataConsumerSetBufferedAmountLowThreshold, h::Bound<&h::DataConsumerSetBufferedAmountLowThreshold>::Run);
  set(Method::DataConsumerSend, h::Bound<&h::DataConsumerSend>::Run);
  set(Method::DataConsumerSetSubchannels, h::Bound<&h::DataConsumerSetSubchannels>::Run);
  set(Method::DataConsumerAddSubchannel, h::Bound<&h::DataConsumerAddSubchannel>::Run);
  set(Method::DataConsumerRemoveSubchannel, h::Bound<&h::DataConsumerRemoveSubchannel>::Run);
  set(Method::RouterCreateActiveSpeakerObserver, h::Bound<&h::RouterCreateActiveSpeakerObserver>::Run);
  set(Method::RouterCreateAudioLevelObserver, h::Bound<&h::RouterCreateAudioLevelObserver>::Run);
  set(Method::RouterCloseRtpObserver, h::Bound<&h::RouterCloseRtpObserver>::Run);
  set(Method::RtpObserverPause, h::Bound<&h::RtpObserverPause>::Run);
  set(Method::RtpObserverResume, h::Bound<&h::RtpObserverResume>::Run);
  set(Method::RtpObserverAddProducer, h::Bound<&h::RtpObserverAddProducer>::Run);
  set(Method::RtpObserverRemoveProducer, h::Bound<&h::RtpObserverRemoveProducer>::Run);
  return table;
}

constexpr std::array<Handler, kMethods> kTable = MakeTable();
constexpr bool HasAll(size_t begin, size_t end) {
  return std::find(kTable.begin() + begin, kTable.begin() + end, nullptr) == kTable.begin() + end;
}
static_assert(HasAll(0, kShared) && HasAll(kFirstOwn, kMethods), "every method of the schema has a handler");

}  // namespace

Handler FindHandler(Method method) {
  const auto index = static_cast<size_t>(method);
  return index < kTable.size() ? kTable[index] : nullptr;
}

}  // namespace sluice
