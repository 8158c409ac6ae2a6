#include "rtc/rtp/rtx.h"

#include "rtc/base/bytes.h"

namespace sluice::rtp {

void WriteOsn(std::span<uint8_t, kOsnSize> out, SeqNum original_seq) { ByteWriter(out).U16(original_seq.value()); }

std::optional<RtxPayload> SplitRtx(std::span<const uint8_t> payload) {
  if (payload.size() < kOsnSize) return std::nullopt;
  return RtxPayload{SeqNum(ByteReader(payload).U16()), payload.subspan(kOsnSize)};
}

size_t RecoverFromRtx(const PacketView& rtx, PayloadType original_payload_type, Ssrc original_ssrc,
                      std::span<uint8_t> out) {
  const auto split = SplitRtx(rtx.payload());
  if (!split) return 0;
  constexpr uint8_t kPaddingBit = 0x20;
  const auto header = rtx.header();
  ByteWriter writer(out);
  writer.U8(static_cast<uint8_t>(header[0] & ~kPaddingBit));
  writer.U8(static_cast<uint8_t>((header[1] & 0x80) | original_payload_type.value()));
  writer.U16(split->original_seq.value());
  writer.U32(rtx.timestamp());
  writer.U32(original_ssrc.value());
  writer.Bytes(header.subspan(kMinHeaderSize));
  writer.Bytes(split->payload);
  return writer.ok() ? writer.size() : 0;
}

}  // namespace sluice::rtp
