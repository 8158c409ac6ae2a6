// The sender of a recorded session: plays a vector in a loop without end, as one encoder that never begins anew. Numbers,
// timestamps, VP8 and VP9 picture ids and the frame numbers of dependency descriptors go on from loop to loop, and begin
// anywhere, by the seed. It keeps the last packets for repetitions, and owes sender reports.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/sender_report.h"
#include "test/support/decode/rtp_vector.h"

namespace sluice::testing_support {

class VectorPlayer {
 public:
  static constexpr size_t kKept = 600;  // packets of each stream

  struct Packet {
    int stream = 0;
    SeqNum seq;
    std::vector<uint8_t> bytes;
  };

  VectorPlayer(const RtpVector& vector, uint64_t seed);

  static Ssrc SsrcOf(int stream) { return Ssrc(static_cast<uint32_t>(1000 + stream)); }
  // When the next packet leaves, since the beginning.
  TimeDelta NextAt() const;
  Packet Next();
  // A packet that was sent; empty when it is not kept any more.
  std::span<const uint8_t> Again(int stream, SeqNum seq) const;
  rtcp::SenderReport Report(int stream, TimeDelta at, rtcp::NtpTime ntp) const;

 private:
  // One number of one stream: where it begins, and by how much it grows in one loop.
  struct Number {
    int64_t base = 0;
    int64_t step = 0;
    int64_t Offset(int64_t loop) const { return base + step * loop; }
  };
  struct Stream {
    Number seq, timestamp, picture_id, tl0_pic_idx, key_idx, frame_number;
    std::map<uint64_t, std::vector<uint8_t>> kept;  // by the order of sending
    std::map<uint16_t, uint64_t> by_number;
    uint64_t sent = 0;
  };
  void Measure(Rng& rng, size_t stream);
  void RewritePayload(const Stream& stream, std::span<uint8_t> payload) const;

  const RtpVector& vector_;
  std::vector<Stream> streams_;
  int64_t loop_ = 0;
  size_t record_ = 0;
};

}  // namespace sluice::testing_support
