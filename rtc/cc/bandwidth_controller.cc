#include "rtc/cc/bandwidth_controller.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr double kHighLoss = 0.10;
constexpr double kLowLoss = 0.02;
constexpr double kCut = 0.85;
constexpr double kGrowth = 0.08;   // a second
constexpr double kHeadroom = 1.5;  // over what arrives
constexpr double kPacing = 1.5;    // of the target
constexpr TimeDelta kWindow = TimeDelta::Millis(500);
constexpr int kEnoughPackets = 10;

}  // namespace

BandwidthController::BandwidthController() = default;

void BandwidthController::SetBounds(DataRate min, std::optional<DataRate> start, DataRate max) {
  max_ = max;
  min_ = std::min(min, max);
  if (start) estimate_ = *start;
  estimate_ = std::clamp(estimate_, min_, max_);
  target_ = std::clamp(target_, min_, max_);
  if (start || !started_) target_ = estimate_;
}

void BandwidthController::SetDemand(DataRate allocated, DataRate next) {
  allocated_ = allocated;
  next_ = next;
}

void BandwidthController::OnSent(const SentPacket& packet) {
  if (!started_) deadline_ = packet.sent + kInterval;
  started_ = true;
}

void BandwidthController::OnFeedback(const FeedbackReport& report) {
  last_feedback_ = report.received;
  for (const PacketResult& result : report.packets) {
    ++window_packets_;
    if (result.lost()) {
      ++window_lost_;
      continue;
    }
    rtt_ = report.received - result.packet.sent;
    if (window_begin_.IsNever()) window_begin_ = newest_arrival_ = result.arrival;
    newest_arrival_ = std::max(newest_arrival_, result.arrival);
    window_size_ += result.packet.total();
  }
  if (newest_arrival_ - window_begin_ < kWindow || window_packets_ < kEnoughPackets) return;
  acked_ = window_size_ / (newest_arrival_ - window_begin_);
  loss_ = static_cast<double>(window_lost_) / window_packets_;
  if (loss_ > kHighLoss) {
    estimate_ = std::min(estimate_, *acked_ * kCut);
  } else if (loss_ < kLowLoss) {
    const double grown = 1 + kGrowth * (newest_arrival_ - window_begin_).seconds();
    estimate_ = std::max(estimate_, std::min(estimate_ * grown, *acked_ * kHeadroom));
  }
  window_begin_ = newest_arrival_;
  window_size_ = DataSize::Zero();
  window_packets_ = window_lost_ = 0;
  Update(report.received);
}

void BandwidthController::OnRtt(TimeDelta rtt) { rtt_ = rtt; }

void BandwidthController::OnRemb(DataRate bitrate, Timestamp now) {
  remb_ = bitrate;
  remb_until_ = now + kRembLife;
  if (last_feedback_.IsNever()) estimate_ = bitrate;
  Update(now);
}

void BandwidthController::OnLossReport(double loss, DataRate sent, Timestamp now) {
  if (!last_feedback_.IsNever() && now - last_feedback_ < kFeedbackLife) return;
  const TimeDelta since = last_report_.IsNever() ? TimeDelta::Seconds(1) : now - last_report_;
  last_report_ = now;
  loss_ = loss;
  if (loss > kHighLoss) estimate_ = std::min(estimate_, sent * (1 - loss) * kCut);
  if (loss < kLowLoss && estimate_ < sent * kHeadroom) {
    estimate_ = estimate_ * (1 + kGrowth * std::min(since, TimeDelta::Seconds(2)).seconds());
  }
  Update(now);
}

void BandwidthController::OnTimer(Timestamp now) {
  Update(now);
  if (started_) deadline_ = now + kInterval;
}

void BandwidthController::Update(Timestamp now) {
  if (remb_ && now >= remb_until_) remb_.reset();
  estimate_ = std::clamp(estimate_, min_, max_);
  target_ = std::clamp(remb_ ? std::min(estimate_, *remb_) : estimate_, min_, max_);
}

DataRate BandwidthController::pacing_rate() const { return target_ * kPacing; }

std::optional<BandwidthController::Probe> BandwidthController::TakeProbe(Timestamp) { return std::nullopt; }

BandwidthController::Snapshot BandwidthController::snapshot() const {
  return {.target = target_,
          .delay_based = estimate_,
          .loss_based = estimate_,
          .acked = acked_,
          .rtt = rtt_,
          .loss = loss_};
}

}  // namespace sluice
