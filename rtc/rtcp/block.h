// One block of an RTCP datagram, framed but not interpreted (RFC 3550 section 6.4).
//
//    0                   1                   2                   3
//   |V=2|P| count (5) |  packet type (8)  |  length in words - 1 (16) |
//   |  body ...                                                       |
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/bytes.h"

namespace sluice::rtcp {

inline constexpr size_t kHeaderSize = 4;
inline constexpr size_t kMaxCount = 31;  // what the five bits of count can say

enum class PacketType : uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kBye = 203,
  kTransportFeedback = 205,  // RTPFB, RFC 4585
  kPayloadFeedback = 206,    // PSFB, RFC 4585
  kExtendedReport = 207,     // RFC 3611
};

// `count` field of RTPFB and PSFB.
enum class TransportFeedbackFormat : uint8_t { kNack = 1, kCongestion = 11, kTransportWide = 15 };
enum class PayloadFeedbackFormat : uint8_t { kPli = 1, kFir = 4, kApplication = 15 };

struct Block {
  PacketType type;
  uint8_t count = 0;              // reports, chunks, SSRCs or feedback format
  std::span<const uint8_t> body;  // behind the four bytes of header, without padding
};

// Writes a block's header; `size` is that of the whole block, a multiple of 4.
inline void WriteBlockHeader(ByteWriter& out, uint8_t count, PacketType type, size_t size) {
  out.U8(static_cast<uint8_t>(0x80 | count));
  out.U8(static_cast<uint8_t>(type));
  out.U16(static_cast<uint16_t>(size / 4 - 1));
}

}  // namespace sluice::rtcp
