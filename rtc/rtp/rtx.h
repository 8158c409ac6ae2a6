// Retransmission payloads (RFC 4588): the original sequence number in front of the original payload, sent under an
// SSRC, payload type and sequence space of their own. Extensions travel in the RTX packet's own header.
//
//   |  RTP header of the RTX stream  |  original sequence number (16)  |  original payload ...  |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/rtp/packet_view.h"

namespace sluice::rtp {

inline constexpr size_t kOsnSize = 2;

struct RtxPayload {
  SeqNum original_seq;
  std::span<const uint8_t> payload;
};

void WriteOsn(std::span<uint8_t, kOsnSize> out, SeqNum original_seq);

// nullopt when there is no room for the number: a padding probe.
std::optional<RtxPayload> SplitRtx(std::span<const uint8_t> payload);

// Writes into `out` the packet that `rtx` carries, unpadded, under the original's SSRC and payload type: timestamp,
// marker, CSRCs and extensions are the RTX packet's. Returns its size; 0 when `rtx` is a probe or `out` is too small.
size_t RecoverFromRtx(const PacketView& rtx, PayloadType original_payload_type, Ssrc original_ssrc,
                      std::span<uint8_t> out);

}  // namespace sluice::rtp
