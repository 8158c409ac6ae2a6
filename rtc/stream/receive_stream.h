// What is known of one incoming SSRC: RFC 3550 statistics (A.1, A.3, A.8), the bit rate, the report block that we owe
// its sender, its RTX stream's accounting, and a score. It stores no packets (PacketRing), asks for nothing
// (NackGenerator).
//
// Loss is what did not come under this SSRC; a packet repaired by RTX is still lost in reports, but weighs less in the
// score. Jitter is in timestamp units, measured between first packets of successive timestamps, so that a large frame's
// packets, sent one after the other, do not count.
// A number further than kMaxDropout ahead or kMaxMisorder behind is not believed until the next one follows it: then
// the sender has begun anew, and a receiver of it needs a key frame.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/ntp_time.h"
#include "rtc/rtcp/report_block.h"
#include "rtc/stream/rate_counter.h"
#include "rtc/stream/stream_score.h"

namespace sluice {

class ReceiveStream {
 public:
  static constexpr int kMaxDropout = 3000;
  static constexpr int kMaxMisorder = 1000;
  static constexpr TimeDelta kInactiveAfter = TimeDelta::Millis(1500);

  ReceiveStream(Ssrc ssrc, uint32_t clock_rate) : ssrc_(ssrc), clock_rate_(clock_rate) {}

  enum class Verdict : uint8_t {
    kNew,        // the highest number so far
    kReordered,  // a late one, seen for the first time
    kDuplicate,  // came before, or was repaired before
    kDoubtful,   // far off; counted, not to be used
    kRestarted,  // the sender began anew here: numbers go on above all before, nothing older will come
  };
  struct Result {
    Verdict verdict;
    ExtSeqNum seq;
    bool usable() const { return verdict != Verdict::kDuplicate && verdict != Verdict::kDoubtful; }
  };

  // A packet that came under this SSRC. `size` is the whole RTP packet.
  Result OnPacket(SeqNum seq, uint32_t rtp_timestamp, size_t size, Timestamp arrival);
  // A packet of this stream that came by RTX. kReordered when it repaired a loss; otherwise it is of no use.
  Result OnRecovered(SeqNum seq, Timestamp arrival);
  // Any packet of the RTX stream, probes included.
  void OnRtxPacket(size_t size);

  void OnSenderReport(rtcp::NtpTime ntp, Timestamp arrival);
  // Of the interval since the last call. nullopt before the first packet.
  std::optional<rtcp::ReportBlock> MakeReportBlock(Timestamp now);
  // An answer (DLRR, RFC 3611) to a reference time report of ours: gives rtt().
  void OnDlrr(uint32_t last_rr, uint32_t delay_since, rtcp::NtpTime now);

  // To be called about once a second. True when the score changed.
  bool UpdateScore(Timestamp now);

  Ssrc ssrc() const { return ssrc_; }
  uint8_t score() const { return score_.value(); }
  bool active() const { return score_.active(); }
  bool started() const { return started_; }
  ExtSeqNum highest() const { return highest_; }
  // Of this SSRC's packets, as stats().bytes.
  DataRate bitrate(Timestamp now) const { return rate_.Rate(now); }
  std::optional<TimeDelta> rtt() const { return rtt_; }

  struct Stats {
    uint64_t packets = 0;  // of this SSRC, duplicates included
    uint64_t bytes = 0;
    uint64_t duplicates = 0;
    uint64_t reordered = 0;
    uint64_t doubtful = 0;
    uint64_t repaired = 0;     // lost, then come by RTX
    uint64_t rtx_packets = 0;  // of the RTX SSRC
    uint64_t rtx_bytes = 0;
    int64_t lost = 0;           // expected minus received, may be negative (RFC 3550 6.4.1)
    uint8_t fraction_lost = 0;  // of 256, of the last report
    uint32_t jitter = 0;        // timestamp units
  };
  Stats stats() const;

 private:
  static constexpr int64_t kHistory = 2048;  // numbers whose coming is remembered

  ExtSeqNum Unwrap(SeqNum seq) const { return highest_ + seq.DistanceFrom(highest_.seq()); }
  bool IsFarOff(SeqNum seq) const;
  void Start(ExtSeqNum seq);
  Verdict Place(SeqNum seq, ExtSeqNum& ext);
  bool MarkSeen(ExtSeqNum seq);
  void UpdateJitter(uint32_t rtp_timestamp, Timestamp arrival);
  int64_t Expected() const;

  Ssrc ssrc_;
  uint32_t clock_rate_;
  bool started_ = false;
  ExtSeqNum highest_;
  ExtSeqNum base_;                   // first number since the (re)start
  std::bitset<kHistory> seen_;       // the last kHistory numbers up to highest_, by number modulo kHistory
  std::optional<SeqNum> suspicion_;  // a far-off number's successor, which would confirm it
  Stats counters_;
  uint64_t received_ = 0;  // since the (re)start, duplicates not counted
  RateCounter rate_;

  uint32_t jitter_timestamp_ = 0;
  Timestamp jitter_arrival_;
  uint32_t jitter_q4_ = 0;  // 16 times the jitter

  int64_t reported_expected_ = 0;
  uint64_t reported_received_ = 0;
  std::optional<rtcp::NtpTime> last_sr_;
  Timestamp last_sr_arrival_;
  std::optional<TimeDelta> rtt_;

  StreamScore score_;
  Timestamp last_packet_;
  int64_t scored_expected_ = 0;
  uint64_t scored_received_ = 0;
  uint64_t scored_repaired_ = 0;
  uint8_t known_score_ = 0;  // of the last UpdateScore()
};

}  // namespace sluice
