#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "rtc/rtp/header_extension_values.h"
#include "rtc/rtp/packet_view.h"
#include "rtc/rtp/rtx.h"

namespace {

using namespace sluice::rtp;

void ReadValues(std::span<const uint8_t> value) {
  ParseText(value);
  AudioLevel::Parse(value);
  VideoOrientation::Parse(value);
  AbsSendTime::Parse(value);
  TransportSequenceNumber::Parse(value);
  TransmissionOffset::Parse(value);
  AbsCaptureTime::Parse(value);
  PlayoutDelay::Parse(value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto packet = PacketView::Parse(std::span(data, size));
  if (!packet) return 0;
  if (packet->header_size() + packet->payload().size() + packet->padding_size() != size) std::abort();
  for (size_t i = 0; i < packet->csrc_count(); ++i) packet->csrc(i);
  ExtensionWalk walk = packet->Extensions();
  while (const auto element = walk.Next()) ReadValues(element->value);
  std::array<uint8_t, 1500> out;
  const size_t recovered = RecoverFromRtx(*packet, sluice::PayloadType(96), sluice::Ssrc(1), out);
  // What carries a packet gives a packet.
  if (recovered != 0 && !PacketView::Parse(std::span(out).first(recovered))) std::abort();
  return 0;
}
