#include "controller/trace.h"

#include "controller/calls.h"

namespace sluice::controller {
namespace {

template <class Notification>
TraceEvent Read(const Notification& notification, TraceInfo info) {
  return {.type = TraceName(notification.type()),
          .timestamp = notification.timestamp(),
          .incoming = notification.direction() == fbs::base::TraceDirection::In,
          .info = std::move(info)};
}

template <class PacketInfo>
TraceInfo PacketOf(const PacketInfo& info) {
  const fbs::rtp::PacketDump* packet = info.rtp_packet();
  if (packet == nullptr) return {};
  return RtpPacketTrace{.payload_type = packet->payload_type(),
                        .sequence_number = packet->sequence_number(),
                        .timestamp = packet->timestamp(),
                        .marker = packet->marker(),
                        .ssrc = packet->ssrc(),
                        .is_key_frame = packet->is_key_frame(),
                        .size = packet->size(),
                        .payload_size = packet->payload_size(),
                        .spatial_layer = packet->spatial_layer(),
                        .temporal_layer = packet->temporal_layer(),
                        .mid = Text(packet->mid()),
                        .rid = Text(packet->rid()),
                        .rrid = Text(packet->rrid()),
                        .wide_sequence_number = packet->wide_sequence_number(),
                        .is_rtx = info.is_rtx()};
}

// What producers and consumers tell alike.
template <class Notification>
TraceInfo MediaInfo(const Notification& n) {
  if (const auto* info = n.info_as_KeyFrame()) return PacketOf(*info);
  if (const auto* info = n.info_as_Rtp()) return PacketOf(*info);
  if (const auto* info = n.info_as_Fir()) return KeyFrameRequestTrace{info->ssrc()};
  if (const auto* info = n.info_as_Pli()) return KeyFrameRequestTrace{info->ssrc()};
  return {};
}

}  // namespace

TraceEvent ReadTrace(const fbs::producer::TraceNotification& notification) {
  if (const fbs::producer::SrTraceInfo* sr = notification.info_as_Sr()) {
    return Read(notification, SenderReportTrace{.ssrc = sr->ssrc(),
                                                .ntp_seconds = sr->ntp_sec(),
                                                .ntp_fraction = sr->ntp_frac(),
                                                .rtp_timestamp = sr->rtp_ts(),
                                                .packet_count = sr->packet_count(),
                                                .octet_count = sr->octet_count()});
  }
  return Read(notification, MediaInfo(notification));
}

TraceEvent ReadTrace(const fbs::consumer::TraceNotification& notification) {
  return Read(notification, MediaInfo(notification));
}

TraceEvent ReadTrace(const fbs::transport::TraceNotification& notification) {
  const fbs::transport::BweTraceInfo* bwe = notification.info_as_Bwe();
  if (bwe == nullptr) return Read(notification, {});
  const bool remb = bwe->bwe_type() == fbs::transport::BweType::Remb;
  return Read(notification,
              BandwidthTrace{.type = remb ? BandwidthTrace::Type::kRemb : BandwidthTrace::Type::kTransportCc,
                             .desired_bitrate = bwe->desired_bitrate(),
                             .effective_desired_bitrate = bwe->effective_desired_bitrate(),
                             .min_bitrate = bwe->min_bitrate(),
                             .max_bitrate = bwe->max_bitrate(),
                             .start_bitrate = bwe->start_bitrate(),
                             .max_padding_bitrate = bwe->max_padding_bitrate(),
                             .available_bitrate = bwe->available_bitrate()});
}

}  // namespace sluice::controller
