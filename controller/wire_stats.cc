#include "controller/calls.h"
#include "controller/wire.h"

namespace sluice::controller {
namespace {

void ReadBaseStats(const fbs::stream::BaseStats& base, RtpStreamStats& result) {
  result.timestamp = base.timestamp();
  result.ssrc = base.ssrc();
  result.rtx_ssrc = base.rtx_ssrc();
  result.rid = Text(base.rid());
  result.kind = base.kind() == fbs::rtp::MediaKind::Audio ? MediaKind::kAudio : MediaKind::kVideo;
  result.mime_type = Text(base.mime_type());
  result.packets_lost = base.packets_lost();
  result.fraction_lost = base.fraction_lost();
  result.jitter = base.jitter();
  result.packets_discarded = base.packets_discarded();
  result.rtx_packets_discarded = base.rtx_packets_discarded();
  result.packets_retransmitted = base.packets_retransmitted();
  result.packets_repaired = base.packets_repaired();
  result.nack_count = base.nack_count();
  result.nack_packet_count = base.nack_packet_count();
  result.pli_count = base.pli_count();
  result.fir_count = base.fir_count();
  result.round_trip_time = base.round_trip_time();
  result.score = base.score();
}

// The base lies inside another Stats, inside the direction's own figures.
template <class Directed>
void ReadDirectedStats(const Directed& directed, RtpStreamStats& result) {
  if (directed.base() && directed.base()->data_as_Base()) ReadBaseStats(*directed.base()->data_as_Base(), result);
  result.packet_count = directed.packet_count();
  result.byte_count = directed.byte_count();
  result.bitrate = directed.bitrate();
}

RtpStreamStats ReadStats(const fbs::stream::Stats& stats) {
  RtpStreamStats result;
  if (const fbs::stream::RecvStats* recv = stats.data_as_Recv()) {
    ReadDirectedStats(*recv, result);
    if (recv->bitrate_by_layer()) {
      for (const auto* layer : *recv->bitrate_by_layer()) {
        result.bitrate_by_layer[Text(layer->layer())] = layer->bitrate();
      }
    }
  } else if (const fbs::stream::SendStats* send = stats.data_as_Send()) {
    result.direction = RtpStreamStats::Direction::kOutbound;
    ReadDirectedStats(*send, result);
  }
  return result;
}

}  // namespace

void FromFbs(const fbs::transport::Stats* stats, TransportStats& result) {
  if (stats == nullptr) return;
  result.transport_id = Text(stats->transport_id());
  if (stats->sctp_state()) result.sctp_state = FromFbs(*stats->sctp_state());
  result.timestamp = stats->timestamp();
  result.bytes_received = stats->bytes_received();
  result.bytes_sent = stats->bytes_sent();
  result.recv_bitrate = stats->recv_bitrate();
  result.send_bitrate = stats->send_bitrate();
  result.rtp_recv_bitrate = stats->rtp_recv_bitrate();
  result.rtp_send_bitrate = stats->rtp_send_bitrate();
  result.rtx_recv_bitrate = stats->rtx_recv_bitrate();
  result.rtx_send_bitrate = stats->rtx_send_bitrate();
  result.probation_send_bitrate = stats->probation_send_bitrate();
  result.rtp_bytes_received = stats->rtp_bytes_received();
  result.rtp_bytes_sent = stats->rtp_bytes_sent();
  result.rtx_bytes_received = stats->rtx_bytes_received();
  result.rtx_bytes_sent = stats->rtx_bytes_sent();
  result.probation_bytes_sent = stats->probation_bytes_sent();
  result.available_outgoing_bitrate = stats->available_outgoing_bitrate();
  result.available_incoming_bitrate = stats->available_incoming_bitrate();
  result.max_incoming_bitrate = stats->max_incoming_bitrate();
  result.max_outgoing_bitrate = stats->max_outgoing_bitrate();
  result.min_outgoing_bitrate = stats->min_outgoing_bitrate();
  result.rtp_packet_loss_received = stats->rtp_packet_loss_received();
  result.rtp_packet_loss_sent = stats->rtp_packet_loss_sent();
}

std::optional<CongestionStats> FromFbs(const fbs::transport::CongestionStats* stats) {
  if (stats == nullptr) return std::nullopt;
  CongestionStats result;
  result.timestamp = stats->timestamp();
  result.active = stats->active();
  result.target_bitrate = stats->target_bitrate();
  result.delay_based_bitrate = stats->delay_based_bitrate();
  result.loss_based_bitrate = stats->loss_based_bitrate();
  result.acked_bitrate = stats->acked_bitrate();
  result.link_capacity = stats->link_capacity();
  result.queue_delay = stats->queue_delay();
  result.pacer_queue_time = stats->pacer_queue_time();
  result.round_trip_time = stats->round_trip_time();
  result.loss = stats->loss();
  if (stats->limit() <= fbs::transport::CongestionLimit::MAX) {
    result.limit = static_cast<CongestionStats::Limit>(stats->limit());
  }
  result.competing = stats->competing();
  result.wanted_bitrate = stats->wanted_bitrate();
  result.allocated_bitrate = stats->allocated_bitrate();
  result.probes = stats->probes();
  result.circuit_breaks = stats->circuit_breaks();
  return result;
}

std::vector<RtpStreamStats> FromFbs(const flatbuffers::Vector<flatbuffers::Offset<fbs::stream::Stats>>* stats) {
  std::vector<RtpStreamStats> result;
  if (stats == nullptr) return result;
  for (const fbs::stream::Stats* entry : *stats) result.push_back(ReadStats(*entry));
  return result;
}

ConsumerScore FromFbs(const fbs::consumer::Score* score) {
  ConsumerScore result;
  if (score == nullptr) return result;
  result.score = score->score();
  result.producer_score = score->producer_score();
  if (score->producer_scores()) {
    result.producer_scores.assign(score->producer_scores()->begin(), score->producer_scores()->end());
  }
  return result;
}

std::optional<ConsumerLayers> FromFbs(const fbs::consumer::Layers* layers) {
  if (layers == nullptr) return std::nullopt;
  return ConsumerLayers{.spatial = layers->spatial_layer(), .temporal = layers->temporal_layer()};
}

}  // namespace sluice::controller
