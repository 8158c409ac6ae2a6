#include "rtc/transport/probation.h"

#include <array>
#include <string_view>

#include "rtc/rtp/packet_writer.h"

namespace sluice {
namespace {

constexpr std::string_view kMid = "probator";
constexpr std::array<uint8_t, Probation::kPayload> kZeros{};

}  // namespace

size_t Probation::Write(const rtp::ExtensionMap& ids, const SendStamp& stamp, std::span<uint8_t> out) {
  const SendStampBytes bytes(stamp);
  std::array<rtp::ExtensionElement, 3> elements;
  size_t count = 0;
  const auto add = [&](rtp::HeaderExtension type, std::span<const uint8_t> value) {
    if (const uint8_t id = ids.IdOf(type)) elements[count++] = {.id = id, .value = value};
  };
  add(rtp::HeaderExtension::kMid, {reinterpret_cast<const uint8_t*>(kMid.data()), kMid.size()});
  add(rtp::HeaderExtension::kAbsSendTime, bytes.abs_send_time);
  add(rtp::HeaderExtension::kTransportWideCc, bytes.transport_seq);
  rtp::PacketWriter writer(out, {.payload_type = kPayloadType, .seq = next_.seq(), .timestamp = 0, .ssrc = kSsrc});
  writer.Extensions(std::span(elements).first(count));
  writer.Payload(kZeros);
  const size_t size = writer.Finish();
  if (size != 0) next_ = next_ + 1;
  return size;
}

}  // namespace sluice
