#include "rtc/stream/receive_stream.h"

#include <algorithm>
#include <cstdlib>

namespace sluice {
namespace {

constexpr TimeDelta kMaxRtt = TimeDelta::Seconds(30);        // more is a peer's mistake
constexpr TimeDelta kMaxJitterStep = TimeDelta::Seconds(5);  // more is a jump of the sender's timestamps

}  // namespace

ReceiveStream::Result ReceiveStream::OnPacket(SeqNum seq, uint32_t rtp_timestamp, size_t size, Timestamp arrival) {
  ++counters_.packets;
  counters_.bytes += size;
  rate_.Add(size, arrival);
  last_packet_ = arrival;
  score_.SetActive(true);

  Result result;
  result.verdict = Place(seq, result.seq);
  switch (result.verdict) {
    case Verdict::kDuplicate:
      ++counters_.duplicates;
      return result;
    case Verdict::kDoubtful:
      ++counters_.doubtful;
      return result;
    case Verdict::kReordered:
      ++counters_.reordered;
      break;
    case Verdict::kRestarted:
      jitter_arrival_ = Timestamp::Never();
      [[fallthrough]];
    case Verdict::kNew:
      UpdateJitter(rtp_timestamp, arrival);
      break;
  }
  ++received_;
  return result;
}

ReceiveStream::Verdict ReceiveStream::Place(SeqNum seq, ExtSeqNum& ext) {
  if (!started_) {
    Start(ext = ExtSeqNum(65536 + seq.value()));
    return Verdict::kNew;
  }
  ext = Unwrap(seq);
  if (IsFarOff(seq)) {
    if (suspicion_ != seq) {
      suspicion_ = seq + 1;
      return Verdict::kDoubtful;
    }
    const auto ahead = static_cast<uint16_t>(seq.DistanceFrom(highest_.seq()));
    Start(ext = highest_ + (ahead == 0 ? 65536 : ahead));
    return Verdict::kRestarted;
  }
  suspicion_.reset();
  const bool newest = ext > highest_;
  if (!MarkSeen(ext)) return Verdict::kDuplicate;
  return newest ? Verdict::kNew : Verdict::kReordered;
}

ReceiveStream::Result ReceiveStream::OnRecovered(SeqNum seq, Timestamp arrival) {
  Result result{Verdict::kDuplicate, Unwrap(seq)};
  if (!started_ || IsFarOff(seq) || result.seq > highest_ || !MarkSeen(result.seq)) return result;
  last_packet_ = arrival;
  ++counters_.repaired;
  result.verdict = Verdict::kReordered;
  return result;
}

void ReceiveStream::OnRtxPacket(size_t size) {
  ++counters_.rtx_packets;
  counters_.rtx_bytes += size;
}

bool ReceiveStream::IsFarOff(SeqNum seq) const {
  const int distance = seq.DistanceFrom(highest_.seq());
  return distance > kMaxDropout || distance < -kMaxMisorder;
}

void ReceiveStream::Start(ExtSeqNum seq) {
  started_ = true;
  suspicion_.reset();
  base_ = highest_ = seq;
  seen_.reset();
  MarkSeen(seq);
  received_ = 0;
  reported_expected_ = scored_expected_ = 0;
  reported_received_ = scored_received_ = 0;
}

// False when it was seen before. Numbers are at most kMaxDropout ahead and kMaxMisorder behind.
bool ReceiveStream::MarkSeen(ExtSeqNum seq) {
  static_assert(kMaxMisorder < kHistory);
  if (seq - highest_ >= kHistory) {
    seen_.reset();
  } else {
    for (ExtSeqNum s = highest_ + 1; s <= seq; s = s + 1) seen_.reset(static_cast<size_t>(s.value() % kHistory));
  }
  highest_ = std::max(highest_, seq);
  auto bit = seen_[static_cast<size_t>(seq.value() % kHistory)];
  if (bit) return false;
  bit = true;
  return true;
}

void ReceiveStream::UpdateJitter(uint32_t rtp_timestamp, Timestamp arrival) {
  if (!jitter_arrival_.IsNever()) {
    const auto sent = int64_t{static_cast<int32_t>(rtp_timestamp - jitter_timestamp_)};
    if (sent <= 0 && sent > -int64_t{clock_rate_} * 5) return;  // the same frame, or one that was overtaken
    const int64_t took = (arrival - jitter_arrival_).us() * clock_rate_ / 1'000'000;
    const int64_t deviation = std::abs(took - sent);
    if (deviation < kMaxJitterStep.us() / 1'000'000 * clock_rate_) {
      jitter_q4_ = static_cast<uint32_t>(jitter_q4_ + deviation - ((jitter_q4_ + 8) >> 4));
    }
  }
  jitter_timestamp_ = rtp_timestamp;
  jitter_arrival_ = arrival;
}

void ReceiveStream::OnSenderReport(rtcp::NtpTime ntp, Timestamp arrival) {
  last_sr_ = ntp;
  last_sr_arrival_ = arrival;
}

std::optional<rtcp::ReportBlock> ReceiveStream::MakeReportBlock(Timestamp now) {
  if (!started_) return std::nullopt;
  const int64_t expected = Expected() - reported_expected_;
  const int64_t lost = expected - static_cast<int64_t>(received_ - reported_received_);
  reported_expected_ = Expected();
  reported_received_ = received_;
  counters_.fraction_lost =
      expected > 0 && lost > 0 ? static_cast<uint8_t>(std::min<int64_t>(255, lost * 256 / expected)) : 0;

  rtcp::ReportBlock block;
  block.source = ssrc_;
  block.fraction_lost = counters_.fraction_lost;
  block.cumulative_lost =
      static_cast<int32_t>(std::clamp<int64_t>(Expected() - static_cast<int64_t>(received_), -0x800000, 0x7FFFFF));
  block.extended_highest_seq = static_cast<uint32_t>(highest_.value() - 65536);
  block.jitter = jitter_q4_ >> 4;
  if (last_sr_) {
    block.last_sr = last_sr_->Compact();
    block.delay_since_last_sr = rtcp::ToCompactDelta(now - last_sr_arrival_);
  }
  return block;
}

void ReceiveStream::OnDlrr(uint32_t last_rr, uint32_t delay_since, rtcp::NtpTime now) {
  if (last_rr == 0) return;
  TimeDelta rtt = rtcp::RoundTripTime(now, last_rr, delay_since);
  if (rtt <= kMaxRtt) rtt_ = rtt;
}

bool ReceiveStream::UpdateScore(Timestamp now) {
  if (score_.active() && now - last_packet_ > kInactiveAfter) score_.SetActive(false);
  const int64_t expected = Expected() - scored_expected_;
  const int64_t lost = expected - static_cast<int64_t>(received_ - scored_received_);
  score_.AddPeriod(expected, lost, static_cast<int64_t>(counters_.repaired - scored_repaired_));
  scored_expected_ = Expected();
  scored_received_ = received_;
  scored_repaired_ = counters_.repaired;
  const bool changed = score_.value() != known_score_;
  known_score_ = score_.value();
  return changed;
}

ReceiveStream::Stats ReceiveStream::stats() const {
  Stats stats = counters_;
  stats.lost = Expected() - static_cast<int64_t>(received_);
  stats.jitter = jitter_q4_ >> 4;
  return stats;
}

int64_t ReceiveStream::Expected() const { return started_ ? highest_ - base_ + 1 : 0; }

}  // namespace sluice
