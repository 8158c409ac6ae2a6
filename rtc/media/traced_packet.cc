#include "rtc/media/traced_packet.h"

#include "rtc/rtp/header_extension_values.h"

namespace sluice {
namespace {

using rtp::HeaderExtension;

std::string Text(const rtp::PacketView& packet, const rtp::ExtensionMap& ids, HeaderExtension type) {
  const uint8_t id = ids.IdOf(type);
  const auto value = id == 0 ? std::nullopt : packet.Extension(id);
  return value ? std::string(rtp::ParseText(*value).value_or(std::string_view())) : std::string();
}

}  // namespace

TracedPacket Traced(const rtp::PacketView& packet, const rtp::ExtensionMap& ids, const codec::FrameInfo& frame) {
  TracedPacket out{.ssrc = packet.ssrc(),
                   .payload_type = packet.payload_type(),
                   .seq = packet.seq(),
                   .timestamp = packet.timestamp(),
                   .marker = packet.marker(),
                   .key_frame = frame.key_frame,
                   .size = static_cast<uint32_t>(packet.size()),
                   .payload_size = static_cast<uint32_t>(packet.payload().size()),
                   .spatial_layer = frame.spatial_layer,
                   .temporal_layer = frame.temporal_layer,
                   .mid = Text(packet, ids, HeaderExtension::kMid),
                   .rid = Text(packet, ids, HeaderExtension::kRid),
                   .repaired_rid = Text(packet, ids, HeaderExtension::kRepairedRid)};
  if (const uint8_t id = ids.IdOf(HeaderExtension::kTransportWideCc)) {
    const auto value = packet.Extension(id);
    const auto number = value ? rtp::TransportSequenceNumber::Parse(*value) : std::nullopt;
    if (number) out.transport_seq = number->seq.value();
  }
  return out;
}

}  // namespace sluice
