#include "rtc/stream/send_stream.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr TimeDelta kMaxRtt = TimeDelta::Seconds(30);  // more is a peer's mistake
constexpr int64_t kMaxAdvance = 1 << 16;               // of one report to the next; more is a restart or nonsense

}  // namespace

SendStream::SendStream(Ssrc ssrc, uint32_t clock_rate) : ssrc_(ssrc), clock_rate_(clock_rate) {
  score_.SetActive(true);
}

void SendStream::OnSent(size_t size, size_t payload_size, uint32_t rtp_timestamp, std::optional<Timestamp> captured,
                        Timestamp now) {
  ++counters_.packets;
  counters_.bytes += size;
  counters_.octets += payload_size;
  ++report_packets_;
  rate_.Add(size, now);
  if (captured) {
    newest_timestamp_ = rtp_timestamp;
    newest_captured_ = *captured;
  }
}

void SendStream::OnRetransmitted(size_t size, size_t payload_size, bool by_rtx) {
  ++counters_.retransmitted_packets;
  counters_.retransmitted_bytes += size;
  if (by_rtx) return;
  counters_.octets += payload_size;
  ++report_packets_;
}

std::optional<rtcp::SenderReport> SendStream::MakeSenderReport(Timestamp now, rtcp::NtpTime ntp_now) const {
  std::optional<rtcp::SenderReport> report;
  if (newest_captured_.IsNever()) return report;
  const int64_t ticks = (now - newest_captured_).us() * clock_rate_ / 1'000'000;
  report.emplace();
  report->sender = ssrc_;
  report->ntp = ntp_now;
  report->rtp_timestamp = newest_timestamp_ + static_cast<uint32_t>(ticks);
  report->packet_count = static_cast<uint32_t>(report_packets_);
  report->octet_count = static_cast<uint32_t>(counters_.octets);
  return report;
}

bool SendStream::OnReportBlock(const rtcp::ReportBlock& block, rtcp::NtpTime ntp_now) {
  counters_.fraction_lost = block.fraction_lost;
  counters_.lost = block.cumulative_lost;
  counters_.jitter = block.jitter;
  if (block.last_sr != 0) {
    TimeDelta rtt = rtcp::RoundTripTime(ntp_now, block.last_sr, block.delay_since_last_sr);
    if (rtt <= kMaxRtt) rtt_ = rtt;
  }
  const bool advanced = reported_highest_ != block.extended_highest_seq;
  if (reported_highest_) {
    const auto advance = int64_t{static_cast<int32_t>(block.extended_highest_seq - *reported_highest_)};
    if (advance > 0 && advance < kMaxAdvance) {
      period_expected_ += advance;
      period_lost_ += std::clamp<int64_t>(block.cumulative_lost - int64_t{reported_lost_}, 0, advance);
    }
  }
  reported_highest_ = block.extended_highest_seq;
  reported_lost_ = block.cumulative_lost;
  return advanced;
}

bool SendStream::UpdateScore() {
  const uint8_t before = score_.value();
  score_.AddPeriod(period_expected_, period_lost_,
                   static_cast<int64_t>(counters_.retransmitted_packets - scored_retransmitted_));
  if (period_expected_ > 0) scored_retransmitted_ = counters_.retransmitted_packets;
  period_expected_ = period_lost_ = 0;
  return score_.value() != before;
}

}  // namespace sluice
