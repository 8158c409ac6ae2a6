#include "worker/notifier.h"

#include <unistd.h>

#include <memory>
#include <utility>
#include <variant>

#include "worker/wire/media_wire.h"
#include "worker/wire/transport_wire.h"

namespace sluice {

using fbs::notification::Body;
using fbs::notification::Event;
using flatbuffers::Offset;

// One overload for each event.
struct Notifier::Sender {
  Channel& channel;
  const Objects& objects;
  flatbuffers::FlatBufferBuilder b = flatbuffers::FlatBufferBuilder();

  void Send(const std::string& id, Event event, Body type = Body::NONE, Offset<void> body = 0,
            Channel::Importance importance = Channel::Importance::kMust) {
    const auto notification = fbs::notification::CreateNotification(b, b.CreateString(id), event, type, body);
    channel.Send(b, fbs::message::CreateMessage(b, fbs::message::Body::Notification, notification.Union()), importance);
  }
  std::unique_ptr<fbs::net::TupleT> TupleOf(const Path& path, const TransportObject& transport) {
    return std::make_unique<fbs::net::TupleT>(wire::Tuple(path, transport));
  }

  void operator()(const IceStateChanged& e) {
    Send(e.transport_id, Event::WebRtcTransportIceStateChange, Body::WebRtcTransportIceStateChange,
         fbs::webrtc::CreateIceStateChangeNotification(b, wire::ToWire(e.state)).Union());
  }
  void operator()(const SelectedPathChanged& e) {
    const auto* transport = objects.Find<TransportObject>(e.transport_id);
    if (!transport) return;
    fbs::webrtc::IceSelectedTupleChangeNotificationT out;
    out.tuple = TupleOf(e.path, *transport);
    Send(e.transport_id, Event::WebRtcTransportIceSelectedTupleChange, Body::WebRtcTransportIceSelectedTupleChange,
         fbs::webrtc::CreateIceSelectedTupleChangeNotification(b, &out).Union());
  }
  void operator()(const DtlsStateChanged& e) {
    const auto pem =
        e.remote_certificate.empty() ? Offset<flatbuffers::String>() : b.CreateString(e.remote_certificate);
    Send(e.transport_id, Event::WebRtcTransportDtlsStateChange, Body::WebRtcTransportDtlsStateChange,
         fbs::webrtc::CreateDtlsStateChangeNotification(b, wire::ToWire(e.state), pem).Union());
  }
  void operator()(const TransportSctpStateChanged& e) {
    Send(e.transport_id, Event::TransportSctpStateChange, Body::TransportSctpStateChange,
         fbs::transport::CreateSctpStateChangeNotification(b, wire::ToWire(e.state)).Union());
  }
  void operator()(const TransportSctpNegotiated& e) {
    fbs::transport::SctpNegotiatedCapabilitiesNotificationT out;
    out.negotiated_capabilities = std::make_unique<fbs::sctp::NegotiatedCapabilitiesT>(wire::ToWire(e.capabilities));
    Send(e.transport_id, Event::TransportSctpNegotiatedCapabilities, Body::TransportSctpNegotiatedCapabilities,
         fbs::transport::CreateSctpNegotiatedCapabilitiesNotification(b, &out).Union());
  }
  // Only of what was learnt: what the controller gave it knows, and pipes have no such notification.
  void operator()(const PlainPathChanged& e) {
    const auto* transport = objects.Find<TransportObject>(e.transport_id);
    if (!transport || !transport->transport->path_policy().tuple()->comedia()) return;
    if (e.rtcp) {
      fbs::plain::RtcpTupleNotificationT out;
      out.tuple = TupleOf(e.path, *transport);
      return Send(e.transport_id, Event::PlainTransportRtcpTuple, Body::PlainTransportRtcpTuple,
                  fbs::plain::CreateRtcpTupleNotification(b, &out).Union());
    }
    fbs::plain::TupleNotificationT out;
    out.tuple = TupleOf(e.path, *transport);
    Send(e.transport_id, Event::PlainTransportTuple, Body::PlainTransportTuple,
         fbs::plain::CreateTupleNotification(b, &out).Union());
  }

  void operator()(const BandwidthTrace& e) {
    const auto bps = [](DataRate rate) { return static_cast<uint64_t>(rate.bps()); };
    const auto type = e.by_remb ? fbs::transport::BweType::Remb : fbs::transport::BweType::TransportCc;
    const auto info = fbs::transport::CreateBweTraceInfo(b, type, bps(e.wanted), bps(e.allocated), bps(e.min),
                                                         bps(e.max), bps(e.start), 0, bps(e.available));
    Trace(e.transport_id, fbs::transport::TraceEventType::Bwe, e.at, fbs::transport::TraceInfo::Bwe, info.Union());
  }
  void operator()(const ProbationTrace& e) {
    Trace(e.transport_id, fbs::transport::TraceEventType::Probation, e.at, fbs::transport::TraceInfo::NONE, 0);
  }
  void Trace(const std::string& id, fbs::transport::TraceEventType type, Timestamp at,
             fbs::transport::TraceInfo info_type, Offset<void> info) {
    const auto body = fbs::transport::CreateTraceNotification(b, type, static_cast<uint64_t>(at.ms()),
                                                              fbs::base::TraceDirection::Out, info_type, info);
    Send(id, Event::TransportTrace, Body::TransportTrace, body.Union(), Channel::Importance::kDroppable);
  }

  void operator()(const CircuitBroken&) {}  // a line in the log

  void operator()(const DirectPacket& e) {
    const auto data = b.CreateVector(e.bytes);
    if (e.rtcp) {
      return Send(e.id, Event::DirectTransportRtcp, Body::DirectTransportRtcp,
                  fbs::direct::CreateRtcpNotification(b, data).Union(), Channel::Importance::kDroppable);
    }
    Send(e.id, Event::ConsumerRtp, Body::ConsumerRtp, fbs::consumer::CreateRtpNotification(b, data).Union(),
         Channel::Importance::kDroppable);
  }

  void operator()(const ProducerScoreChanged& e) {
    fbs::producer::ScoreNotificationT out;
    for (const auto& stream : e.streams) {
      auto score = std::make_unique<fbs::producer::ScoreT>();
      score->encoding_idx = stream.encoding_idx;
      score->ssrc = stream.ssrc.value();
      score->rid = stream.rid;
      score->score = stream.score;
      out.scores.push_back(std::move(score));
    }
    Send(e.producer_id, Event::ProducerScore, Body::ProducerScore,
         fbs::producer::CreateScoreNotification(b, &out).Union());
  }
  void operator()(const VideoOrientationChanged& e) {
    Send(e.producer_id, Event::ProducerVideoOrientationChange, Body::ProducerVideoOrientationChange,
         fbs::producer::CreateVideoOrientationChangeNotification(b, e.camera, e.flip, e.rotation).Union());
  }
  void operator()(const WantedLayersChanged& e) {
    fbs::producer::WantedLayersNotificationT out;
    if (e.layers) {
      out.anything = true;
      out.spatial_layer = static_cast<uint8_t>(e.layers->spatial);
      out.temporal_layer = static_cast<uint8_t>(e.layers->temporal);
    }
    Send(e.producer_id, Event::ProducerWantedLayersChange, Body::ProducerWantedLayersChange,
         fbs::producer::CreateWantedLayersNotification(b, &out).Union());
  }
  void operator()(const ConsumerScoreChanged& e) {
    fbs::consumer::ScoreNotificationT out;
    out.score = std::make_unique<fbs::consumer::ScoreT>(wire::ToWire(e.score));
    Send(e.consumer_id, Event::ConsumerScore, Body::ConsumerScore,
         fbs::consumer::CreateScoreNotification(b, &out).Union());
  }
  void operator()(const ConsumerLayersChanged& e) {
    fbs::consumer::LayersChangeNotificationT out;
    if (e.layers) out.layers = std::make_unique<fbs::consumer::LayersT>(wire::ToWire(*e.layers));
    Send(e.consumer_id, Event::ConsumerLayersChange, Body::ConsumerLayersChange,
         fbs::consumer::CreateLayersChangeNotification(b, &out).Union());
  }
  void operator()(const ConsumerProducerPaused& e) { Send(e.consumer_id, Event::ConsumerProducerPause); }
  void operator()(const ConsumerProducerResumed& e) { Send(e.consumer_id, Event::ConsumerProducerResume); }
  void operator()(const ConsumerProducerClosed& e) { Send(e.consumer_id, Event::ConsumerProducerClose); }

  void operator()(const AudioVolumes& e) {
    fbs::observer::VolumesNotificationT out;
    for (const AudioVolumes::Volume& one : e.volumes) {
      auto volume = std::make_unique<fbs::observer::VolumeT>();
      volume->producer_id = one.producer_id;
      volume->volume = one.volume;
      out.volumes.push_back(std::move(volume));
    }
    Send(e.observer_id, Event::AudioLevelObserverVolumes, Body::AudioLevelObserverVolumes,
         fbs::observer::CreateVolumesNotification(b, &out).Union());
  }
  void operator()(const AudioSilence& e) { Send(e.observer_id, Event::AudioLevelObserverSilence); }
  void operator()(const DominantSpeakerChanged& e) {
    Send(e.observer_id, Event::ActiveSpeakerObserverDominantSpeaker, Body::ActiveSpeakerObserverDominantSpeaker,
         fbs::observer::CreateDominantSpeakerNotification(b, b.CreateString(e.producer_id)).Union());
  }

  void operator()(const DataConsumerProducerPaused& e) {
    Send(e.data_consumer_id, Event::DataConsumerDataProducerPause);
  }
  void operator()(const DataConsumerProducerResumed& e) {
    Send(e.data_consumer_id, Event::DataConsumerDataProducerResume);
  }
  void operator()(const DataConsumerProducerClosed& e) {
    Send(e.data_consumer_id, Event::DataConsumerDataProducerClose);
  }
  void operator()(const DataConsumerSendBufferFull& e) {
    // One for each message: a peer that does not read must not fill the pipe with them.
    Send(e.data_consumer_id, Event::DataConsumerSctpSendBufferFull, Body::NONE, 0, Channel::Importance::kDroppable);
  }
  void operator()(const DataConsumerBufferedAmountLow& e) {
    Send(e.data_consumer_id, Event::DataConsumerBufferedAmountLow, Body::DataConsumerBufferedAmountLow,
         fbs::data::CreateConsumerBufferedAmountLowNotification(b, e.buffered_amount).Union());
  }
  void operator()(const DataConsumerMessage& e) {
    // Messages of the controller's own stop with its requests. Those of peers go on coming while it does not read, and
    // even they must end somewhere.
    constexpr size_t kMaxQueued = 8 * Channel::kMaxQueued;
    const auto importance =
        channel.queued() > kMaxQueued ? Channel::Importance::kDroppable : Channel::Importance::kMust;
    Send(e.data_consumer_id, Event::DataConsumerMessage, Body::DataConsumerMessage,
         fbs::data::CreateConsumerMessageNotification(b, e.ppid, b.CreateVector(e.payload)).Union(), importance);
  }

  Offset<fbs::rtp::PacketDump> Packet(const TracedPacket& packet) {
    fbs::rtp::PacketDumpT out;
    out.payload_type = packet.payload_type.value();
    out.sequence_number = packet.seq.value();
    out.timestamp = packet.timestamp;
    out.marker = packet.marker;
    out.ssrc = packet.ssrc.value();
    out.is_key_frame = packet.key_frame;
    out.size = packet.size;
    out.payload_size = packet.payload_size;
    out.spatial_layer = packet.spatial_layer;
    out.temporal_layer = packet.temporal_layer;
    out.mid = packet.mid;
    out.rid = packet.rid;
    out.rrid = packet.repaired_rid;
    out.wide_sequence_number = packet.transport_seq;
    return fbs::rtp::CreatePacketDump(b, &out);
  }
  void operator()(const MediaTrace& e) {
    const auto direction = e.incoming ? fbs::base::TraceDirection::In : fbs::base::TraceDirection::Out;
    const auto at = static_cast<uint64_t>(e.at.ms());
    if (e.is_producer) {
      const auto [type, info] = ProducerInfo(e);
      const auto body =
          fbs::producer::CreateTraceNotification(b, wire::ProducerTraceToWire(e.kind), at, direction, type, info);
      return Send(e.object_id, Event::ProducerTrace, Body::ProducerTrace, body.Union(),
                  Channel::Importance::kDroppable);
    }
    const auto [type, info] = ConsumerInfo(e);
    const auto body =
        fbs::consumer::CreateTraceNotification(b, wire::ConsumerTraceToWire(e.kind), at, direction, type, info);
    Send(e.object_id, Event::ConsumerTrace, Body::ConsumerTrace, body.Union(), Channel::Importance::kDroppable);
  }
  std::pair<fbs::producer::TraceInfo, Offset<void>> ProducerInfo(const MediaTrace& e) {
    using fbs::producer::TraceInfo;
    if (const auto* packet = std::get_if<TracedPacket>(&e.info)) {
      const auto dump = Packet(*packet);
      if (e.kind == TraceKind::kRtp) {
        return {TraceInfo::Rtp, fbs::producer::CreateRtpTraceInfo(b, dump, packet->is_rtx).Union()};
      }
      return {TraceInfo::KeyFrame, fbs::producer::CreateKeyFrameTraceInfo(b, dump, packet->is_rtx).Union()};
    }
    if (const auto* report = std::get_if<TracedReport>(&e.info)) {
      return {TraceInfo::Sr,
              fbs::producer::CreateSrTraceInfo(b, e.ssrc.value(), report->ntp.seconds(), report->ntp.fraction(),
                                               report->rtp_timestamp, report->packet_count, report->octet_count)
                  .Union()};
    }
    if (e.kind == TraceKind::kPli)
      return {TraceInfo::Pli, fbs::producer::CreatePliTraceInfo(b, e.ssrc.value()).Union()};
    if (e.kind == TraceKind::kFir)
      return {TraceInfo::Fir, fbs::producer::CreateFirTraceInfo(b, e.ssrc.value()).Union()};
    return {TraceInfo::NONE, 0};
  }
  std::pair<fbs::consumer::TraceInfo, Offset<void>> ConsumerInfo(const MediaTrace& e) {
    using fbs::consumer::TraceInfo;
    if (const auto* packet = std::get_if<TracedPacket>(&e.info)) {
      const auto dump = Packet(*packet);
      if (e.kind == TraceKind::kRtp) {
        return {TraceInfo::Rtp, fbs::consumer::CreateRtpTraceInfo(b, dump, packet->is_rtx).Union()};
      }
      return {TraceInfo::KeyFrame, fbs::consumer::CreateKeyFrameTraceInfo(b, dump, packet->is_rtx).Union()};
    }
    if (e.kind == TraceKind::kPli)
      return {TraceInfo::Pli, fbs::consumer::CreatePliTraceInfo(b, e.ssrc.value()).Union()};
    if (e.kind == TraceKind::kFir)
      return {TraceInfo::Fir, fbs::consumer::CreateFirTraceInfo(b, e.ssrc.value()).Union()};
    return {TraceInfo::NONE, 0};
  }
};

void Notifier::Running() {
  Sender sender{.channel = channel_, .objects = objects_};
  sender.Send(std::to_string(getpid()), Event::WorkerRunning);
}

void Notifier::Tell(const Outbox& outbox) {
  if (outbox.transport.empty() && outbox.media.empty() && outbox.data.empty() && outbox.direct.empty()) {
    return;
  }
  Sender sender{.channel = channel_, .objects = objects_};
  for (const TransportEvent& event : outbox.transport) std::visit(sender, event);
  for (const MediaEvent& event : outbox.media) std::visit(sender, event);
  for (const DataEvent& event : outbox.data) std::visit(sender, event);
  for (const DirectPacket& packet : outbox.direct) sender(packet);
}

}  // namespace sluice
