#include "rtc/cc/feedback_cap.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace sluice {
namespace {

constexpr size_t kIndexMask = FeedbackCap::kHistory - 1;
static_assert((FeedbackCap::kHistory & kIndexMask) == 0);
constexpr double kMostAtOnce = 0.5;  // of what was sent or could be, however little arrived
constexpr double kRoomToStay = 1.1;  // over what was sent before an attempt, for the measured rates sway
constexpr size_t kDelayPackets = 3;  // that make a delay to go by
constexpr TimeDelta kLargestStep = TimeDelta::Seconds(10);
constexpr TimeDelta kMostGrowthTime = TimeDelta::Seconds(2);

uint32_t Millis32(Timestamp time) { return static_cast<uint32_t>(time.ms()); }

}  // namespace

void FeedbackCap::OnSent(SeqNum transport_seq, size_t size, Timestamp now) {
  if (history_.empty()) return;
  history_[transport_seq.value() & kIndexMask] = {.at_ms = Millis32(now),
                                                  .seq = transport_seq.value(),
                                                  .size = static_cast<uint16_t>(std::min<size_t>(size, UINT16_MAX))};
  if (now >= *sent_since_) sent_bytes_ += static_cast<int64_t>(size);
}

// 24 bits that wrap.
int64_t FeedbackCap::UnwrapReference(int32_t reference_time) {
  int64_t unwrapped = reference_time;
  if (reference_) {
    const auto forward = static_cast<uint32_t>(reference_time - *reference_) << 8;
    unwrapped = *reference_ + (static_cast<int32_t>(forward) >> 8);
  }
  reference_ = unwrapped;
  return unwrapped;
}

// On two clocks: only differences mean something.
int64_t FeedbackCap::DelayOf(int64_t arrival_ms, uint32_t sent_ms) {
  const uint32_t delay = static_cast<uint32_t>(arrival_ms) - sent_ms;
  if (!delay_base_) delay_base_ = delay;
  return static_cast<int32_t>(delay - *delay_base_);
}

bool FeedbackCap::IsSettled(uint32_t sent_ms) const {
  return !settled_ || static_cast<int32_t>(sent_ms - Millis32(*settled_)) >= 0;
}

void FeedbackCap::NoteArrival(int64_t arrival_ms) {
  // A clock that was set anew, or nonsense.
  if (period_begin_ms_ && std::abs(arrival_ms - newest_arrival_ms_) > kLargestStep.ms()) {
    period_begin_ms_.reset();
    usual_delay_ms_.reset();
    period_ = Period();
  }
  if (!period_begin_ms_) period_begin_ms_ = newest_arrival_ms_ = arrival_ms;
  newest_arrival_ms_ = std::max(newest_arrival_ms_, arrival_ms);
}

void FeedbackCap::OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now) {
  last_feedback_ = now;
  if (history_.empty()) history_.resize(kHistory);
  if (!sent_since_) sent_since_ = now;
  const int64_t reference_ms = UnwrapReference(feedback.reference_time) * rtcp::TransportFeedback::kReferenceUnit.ms();
  std::array<int64_t, kDelayPackets> delays_ms;  // of the last ones
  size_t arrivals = 0;
  for (const rtcp::TransportFeedback::Packet& packet : feedback.packets) {
    Sent& known = history_[packet.seq.value() & kIndexMask];
    if (known.size == 0 || known.seq != packet.seq.value()) continue;
    const Sent told = std::exchange(known, Sent());
    const int64_t arrival_ms = packet.arrival ? reference_ms + packet.arrival->ms() : 0;
    if (packet.arrival) NoteArrival(arrival_ms);
    if (!IsSettled(told.at_ms)) {
      period_begin_ms_ = packet.arrival ? newest_arrival_ms_ : period_begin_ms_;
      continue;
    }
    ++period_.packets;
    if (!packet.arrival) {
      ++period_.lost;
      continue;
    }
    period_.bytes += told.size;
    delays_ms[arrivals++ % kDelayPackets] = DelayOf(arrival_ms, told.at_ms);
  }
  // The least, for single packets are late for many reasons.
  if (arrivals >= kDelayPackets) JudgeDelay(*std::ranges::min_element(delays_ms), now);
  const TimeDelta span = TimeDelta::Millis(period_begin_ms_ ? newest_arrival_ms_ - *period_begin_ms_ : 0);
  const bool enough = period_.packets >= kManyPackets || (period_.packets >= kFewPackets && span >= kLongPeriod);
  if (enough && span >= kPeriod && now > *sent_since_) EndPeriod(now);
}

void FeedbackCap::JudgeDelay(int64_t delay_ms, Timestamp now) {
  if (!IsTrying(now)) {
    usual_delay_ms_ = delay_ms;
  } else if (usual_delay_ms_ && delay_ms - *usual_delay_ms_ > kLate.ms()) {
    CutTo(std::max(arrived_ * kCut, before_attempt_ * kRoomToStay), now);
  }
}

void FeedbackCap::EndPeriod(Timestamp now) {
  const TimeDelta span = TimeDelta::Millis(newest_arrival_ms_ - *period_begin_ms_);
  const Period period = std::exchange(period_, Period());
  period_begin_ms_ = newest_arrival_ms_;
  arrived_ = DataSize::Bytes(period.bytes) / span;
  sent_ = DataSize::Bytes(std::exchange(sent_bytes_, 0)) / (now - *sent_since_);
  sent_since_ = now;
  JudgeLoss(static_cast<double>(period.lost) / period.packets, now);
}

void FeedbackCap::OnLossReport(double loss, DataRate sent, Timestamp now) {
  if (last_feedback_ && now - *last_feedback_ < kFeedbackLife) return;
  if (settled_ && now - *settled_ < kReportPeriod) return;
  sent_ = sent;
  arrived_ = sent * (1 - loss);
  JudgeLoss(loss, now);
}

void FeedbackCap::JudgeLoss(double loss, Timestamp now) {
  const TimeDelta since = last_judgement_ ? now - *last_judgement_ : TimeDelta::Zero();
  last_judgement_ = now;
  if (loss > kHighLoss) {
    const DataRate before = cap_ ? std::min(*cap_, sent_) : sent_;
    CutTo(std::max(arrived_ * kCut, IsTrying(now) ? before_attempt_ * kRoomToStay : before * kMostAtOnce), now);
  } else if (loss < kLowLoss) {
    Grow(std::min(since, kMostGrowthTime));
  }
}

void FeedbackCap::CutTo(DataRate rate, Timestamp now) {
  cap_ = std::max(kFloor, cap_ ? std::min(*cap_, rate) : rate);
  settled_ = now + kSettle;
  attempt_end_.reset();
  period_ = Period();
  last_judgement_.reset();
  sent_bytes_ = 0;
  sent_since_ = settled_;
}

void FeedbackCap::Grow(TimeDelta time) {
  if (!cap_) return;
  if (limited_ || *cap_ < sent_ * kHeadroom) {
    cap_ = std::min(kCeiling, *cap_ * (1 + kGrowth * time.seconds()));
  } else {
    cap_.reset();
  }
}

void FeedbackCap::OnAllocated(bool limited, bool raised, Timestamp now) {
  limited_ = limited;
  if (!raised || !cap_) return;
  before_attempt_ = sent_;
  attempt_end_ = now + kAttempt;
}

std::optional<DataRate> FeedbackCap::cap() const {
  if (!cap_ || !remb_) return cap_ ? cap_ : remb_;
  return std::min(*cap_, *remb_);
}

}  // namespace sluice
