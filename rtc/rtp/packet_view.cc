#include "rtc/rtp/packet_view.h"

#include "rtc/base/bytes.h"

namespace sluice::rtp {

std::optional<PacketView> PacketView::Parse(std::span<const uint8_t> packet) {
  constexpr size_t kMaxPacketSize = 65535;
  if (packet.size() < kMinHeaderSize || packet.size() > kMaxPacketSize || packet[0] >> 6 != 2) return std::nullopt;
  PacketView view;
  view.packet_ = packet;
  ByteReader in(packet);
  in.U8();
  const uint8_t marker_and_type = in.U8();
  view.marker_ = (marker_and_type & 0x80) != 0;
  view.payload_type_ = PayloadType(marker_and_type & 0x7F);
  view.seq_ = SeqNum(in.U16());
  view.timestamp_ = in.U32();
  view.ssrc_ = Ssrc(in.U32());
  in.Skip(4 * view.csrc_count());
  if ((packet[0] & 0x10) != 0) {
    view.profile_ = in.U16();
    view.extension_size_ = 4u * in.U16();
    view.extension_at_ = static_cast<uint16_t>(packet.size() - in.left());
    in.Skip(view.extension_size_);
  }
  if (!in.ok()) return std::nullopt;
  view.header_size_ = static_cast<uint32_t>(packet.size() - in.left());
  if ((packet[0] & 0x20) != 0) {
    view.padding_size_ = packet.back();
    if (view.padding_size_ == 0 || view.padding_size_ > in.left()) return std::nullopt;
  }
  return view;
}

Ssrc PacketView::csrc(size_t index) const {
  if (index >= csrc_count()) return Ssrc();
  return Ssrc(ByteReader(packet_.subspan(kMinHeaderSize + 4 * index)).U32());
}

ExtensionWalk PacketView::Extensions() const {
  return ExtensionWalk(profile_, packet_.subspan(extension_at_, extension_size_));
}

std::optional<std::span<const uint8_t>> PacketView::Extension(uint8_t id) const {
  ExtensionWalk walk = Extensions();
  while (const auto element = walk.Next()) {
    if (element->id == id) return element->value;
  }
  return std::nullopt;
}

}  // namespace sluice::rtp
