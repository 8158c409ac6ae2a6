// Congestion control feedback (RFC 8888 section 3.1): when each packet of each stream arrived, and how the network marked
// it. Negotiated by `a=rtcp-fb:* ack ccfb`.
//
//   |V=2|P| FMT=11 |   PT=205      |   length (16)                 |
//   |                     SSRC of who reports (32)                  |
//   |                     SSRC of a stream (32)                     |  stream by stream
//   |  first sequence number (16)   |  number of packets (16)       |
//   |R|ECN|  before the report (13) | ... one for each packet, zeros up to a whole word
//   |                     time of the report, 16.16 s (32)          |
//
//   R: it came; ECN: as in the IP header; times in 1/1024 s
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

enum class Ecn : uint8_t { kNotEct = 0, kEct1 = 1, kEct0 = 2, kCongested = 3 };

struct CongestionFeedback {
  // A message about more is refused: reports come every 50-200 ms.
  static constexpr size_t kMaxPackets = 4096;  // of all streams
  static constexpr size_t kMaxStreams = 128;

  // How long before the report a packet came, in 1/1024 s.
  static constexpr uint16_t kLongAgo = 0x1FFE;      // so long, or longer (8 s)
  static constexpr uint16_t kUnknownTime = 0x1FFF;  // it came, and that is all that is known

  struct Packet {
    bool received = false;  // else the rest is zero
    Ecn ecn = Ecn::kNotEct;
    uint16_t before_report = 0;  // 13 bits
    bool operator==(const Packet&) const = default;

    // nullopt: lost, or the time is not known.
    std::optional<TimeDelta> BeforeReport() const;
    // A packet that came `before` the report was made; negative: after.
    static Packet Arrived(TimeDelta before, Ecn ecn = Ecn::kNotEct);
  };
  struct Stream {
    Ssrc ssrc;
    SeqNum begin;
    absl::InlinedVector<Packet, 32> packets;  // consecutive numbers from `begin`; empty: nothing came since `begin`
    bool operator==(const Stream&) const = default;

    size_t WireSize() const { return 8 + (2 * packets.size() + 3) / 4 * 4; }
  };

  Ssrc sender;
  uint32_t timestamp = 0;  // of the report, 16.16 s on a clock of the reporter's own (NtpTime::Compact), wraps
  absl::InlinedVector<Stream, 4> streams;

  static std::optional<CongestionFeedback> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const CongestionFeedback&) const = default;
};

}  // namespace sluice::rtcp
