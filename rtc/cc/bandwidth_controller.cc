#include "rtc/cc/bandwidth_controller.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr double kPacing = 1.35;  // of the target
constexpr TimeDelta kDefaultRtt = TimeDelta::Millis(200);
constexpr TimeDelta kMaxRtt = TimeDelta::Seconds(2);
constexpr double kLimited = 0.75;    // of the target: the sources send much less
constexpr double kMostOfLine = 0.9;  // of its capacity
// For a queue to be told from jitter.
constexpr double kDeviations = 3;
constexpr TimeDelta kMostForJitter = TimeDelta::Millis(10);
constexpr TimeDelta kLasting = TimeDelta::Millis(40);    // so that two messages tell of it
constexpr TimeDelta kPatience = TimeDelta::Millis(100);  // with a burst
constexpr double kAboveLossBound = 1.1;
constexpr double kBeyondWanted = 1.3;
// Without transport-wide feedback.
constexpr double kHighLoss = 0.10;
constexpr double kLowLoss = 0.02;
constexpr double kCut = 0.85;
constexpr double kGrowth = 0.08;  // a second
constexpr double kHeadroom = 1.5;
constexpr TimeDelta kMostTime = TimeDelta::Seconds(2);
// Feedback that fails to come while packets leave: half, each time.
constexpr TimeDelta kSilence = TimeDelta::Millis(1500);
constexpr TimeDelta kStillSending = TimeDelta::Millis(500);

}  // namespace

void BandwidthController::SetBounds(DataRate min, std::optional<DataRate> start, DataRate max) {
  max_ = max;
  min_ = std::min(min, max);
  if (start) {
    rate_.Set(*start);
    prober_.SetStart(std::clamp(*start, min_, max_));
  }
  rate_.Clamp(min_, max_);
  target_ = start ? rate_.rate() : std::clamp(target_, min_, max_);
  lasting_target_ = start ? target_ : std::clamp(lasting_target_, min_, max_);
}

void BandwidthController::SetDemand(DataRate allocated, DataRate next, Timestamp now) {
  demand_.Set(allocated, next, rtt_.value_or(kDefaultRtt), now);
}

void BandwidthController::OnSent(const SentPacket& packet) {
  if (first_sent_.IsNever()) {
    first_sent_ = packet.sent;
    deadline_ = packet.sent + kInterval;
  }
  if (!last_sent_.IsNever() && packet.sent - last_sent_ > kStillSending) resumed_ = packet.sent;
  last_sent_ = packet.sent;
  prober_.OnSent(packet);
}

void BandwidthController::Arrived(const FeedbackReport& report) {
  for (const PacketResult& result : report.packets) {
    if (result.lost()) continue;
    acked_.OnArrival(result.arrival, result.packet.total());
    if (result.was_lost) continue;
    delay_.OnPacket(result.packet.sent, result.arrival);
    const TimeDelta rtt = report.received - result.packet.sent;
    rtt_ = std::clamp(rtt, TimeDelta::Zero(), kMaxRtt);
  }
  delay_.Update(rate_.rate(), Load());
}

DelayEstimator::Load BandwidthController::Load() const {
  const std::optional<DataRate> full = rate_.capacity().mean();
  const std::optional<DataRate> acked = acked_.Over(AckedBitrate::kLong);
  if (full && acked && *acked > *full * kMostOfLine) return DelayEstimator::Load::kMost;
  return demand_.allocated() < target_ * kLimited ? DelayEstimator::Load::kLittle : DelayEstimator::Load::kUnknown;
}

RateController::Input BandwidthController::InputOf(Timestamp now) {
  const std::optional<DataRate> acked_long = acked_.Over(AckedBitrate::kLong);
  const bool limited = acked_long && *acked_long < rate_.rate() * kLimited;
  // A burst that was sent on purpose grows as steeply. And what follows the target goes down in several steps, so that flows
  // that share a line stay equal: what came in so short a time is not the same of each.
  const bool steep = delay_.IsSteep() && !demand_.elastic() && !demand_.IsBurst(now) && !rate_.competing();
  return {.now = now,
          .newest_sent = delay_.newest_sent(),
          .overused = IsOverused(now) || steep,
          .queue = delay_.queue(),
          .trend = delay_.trend(),
          .steep = steep,
          .gone = delay_.IsGone(),
          .acked = acked_.Over(AckedBitrate::kShort),
          .acked_long = acked_long,
          .acked_brief = acked_.Over(AckedBitrate::kBrief),
          .response = rtt_.value_or(kDefaultRtt) + TimeDelta::Millis(50),
          .limited_by_sources = limited,
          .elastic = demand_.elastic(),
          .allocated = demand_.IsSteady(now) ? demand_.steady() : DataRate::Zero(),
          .next = demand_.elastic() ? DataRate::Zero() : demand_.next()};
}

// A layer begins with a key frame, which fills the queue of any line that just carries the layer; a probe that fails does
// so as well. And what is sent does not grow while the same layers are sent: there is time to tell a queue from jitter.
bool BandwidthController::IsOverused(Timestamp now) {
  const bool steady = demand_.IsSteady(now);
  TimeDelta patience = demand_.IsBurst(now) ? kPatience : TimeDelta::Zero();
  if (steady) patience = std::max(patience, std::min(delay_.deviation() * kDeviations, kMostForJitter));
  if (!delay_.IsOverused(patience)) {
    over_since_ = Timestamp::Infinite();
    return false;
  }
  over_since_ = std::min(over_since_, now);
  return !steady || now - over_since_ >= kLasting || delay_.IsOverused(kPatience);
}

void BandwidthController::OnFeedback(const FeedbackReport& report) {
  if (report.packets.empty()) return;
  // The way is open again: what it carries is found out as at the start.
  if (last_cut_ > last_feedback_) {
    prober_.SetStart(std::clamp(rate_.rate(), min_, max_));
    loss_.ForgetUntil(report.received);
  }
  last_feedback_ = report.received;
  Arrived(report);
  loss_.OnFeedback(report);
  const RateController::Input input = InputOf(report.received);
  const Timestamp fell = rate_.last_fall();
  const bool undone = rate_.undone();
  rate_.Update(input);
  ObeyLoss(input);
  if (const auto result = prober_.OnFeedback(report)) ObeyProbe(*result);
  if (rate_.undone() && !undone) {
    // On a full line others drained the queue: that says nothing of its jitter.
    if (Load() != DelayEstimator::Load::kMost) delay_.OnFalseAlarm();
    prober_.OnFalseAlarm();
  }
  if (rate_.last_fall() != fell) prober_.OnFall(rate_.before_fall(), rate_.rate(), report.received);
  delay_.Tolerate(rate_.tolerated());
  Update(report.received);
}

void BandwidthController::ObeyLoss(const RateController::Input& input) {
  if (!loss_.TakeObserved()) return;
  rate_.OnLoss(loss_.loss(), input);
  const std::optional<DataRate> bound = loss_.bandwidth();
  if (!bound) return;
  // What loss says is the line's capacity, too.
  if (rate_.rate() > *bound) rate_.OnFullByLoss(*bound);
  if (rate_.rate() > *bound * kAboveLossBound) prober_.OnFall(rate_.rate(), *bound, input.now);
  rate_.Clamp(DataRate::Zero(), *bound * kAboveLossBound);
}

void BandwidthController::ObeyProbe(const Prober::Result& result) {
  if (!delay_.IsCalm() && !result.full) return;
  if (result.rate > rate_.rate()) {
    rate_.capacity().Reset();
    // A full line that others share gave the probe more than it would give for long; and one probe is not exact.
    rate_.Set(result.full && !result.start ? (result.rate + rate_.rate()) * 0.5 : result.rate);
  }
  if (result.full) rate_.capacity().OnFull(result.rate);
}

void BandwidthController::OnRtt(TimeDelta rtt) { rtt_ = std::clamp(rtt, TimeDelta::Zero(), kMaxRtt); }

void BandwidthController::OnRemb(DataRate bitrate, Timestamp now) {
  remb_ = bitrate;
  remb_until_ = now + kRembLife;
  if (last_feedback_.IsNever()) rate_.Set(bitrate);
  Update(now);
}

void BandwidthController::OnLossReport(double loss, DataRate sent, Timestamp now) {
  if (!last_feedback_.IsNever() && now - last_feedback_ < kFeedbackLife) return;
  const TimeDelta since = last_report_.IsNever() ? TimeDelta::Seconds(1) : std::min(now - last_report_, kMostTime);
  last_report_ = now;
  reported_loss_ = loss;
  if (loss > kHighLoss) rate_.Set(std::min(rate_.rate(), sent * (1 - loss) * kCut));
  if (loss < kLowLoss && rate_.rate() < sent * kHeadroom) rate_.Set(rate_.rate() * (1 + kGrowth * since.seconds()));
  Update(now);
}

void BandwidthController::OnTimer(Timestamp now) {
  WithoutFeedback(now);
  Update(now);
  if (!first_sent_.IsNever()) deadline_ = now + kInterval;
}

// Packets leave and nothing is told of them: the way there or the way back is shut.
void BandwidthController::WithoutFeedback(Timestamp now) {
  if (last_feedback_.IsNever() || now - last_sent_ > kStillSending) return;
  const Timestamp since = std::max({last_feedback_, last_cut_, resumed_});
  if (now - since < kSilence) return;
  last_cut_ = now;
  rate_.Set(rate_.rate() * 0.5);
}

void BandwidthController::Update(Timestamp now) {
  if (remb_ && now >= remb_until_) remb_.reset();
  rate_.Clamp(min_, max_);
  DataRate most = DataRate::Infinite();  // whatever the delays say
  limit_ = Limit::kDelay;
  const auto obey = [&](const std::optional<DataRate>& bound, Limit limit) {
    if (!bound) return;
    most = std::min(most, *bound);
    if (most < rate_.rate_now() && most == *bound) limit_ = limit;
  };
  obey(loss_.bandwidth(), Limit::kLoss);
  obey(remb_, Limit::kRemb);
  target_ = std::clamp(std::min(rate_.rate_now(), most), min_, max_);
  lasting_target_ = std::clamp(std::min(rate_.rate(), most), min_, max_);
  if (target_ == max_) limit_ = Limit::kNothing;
}

DataRate BandwidthController::pacing_rate() const { return target_ * kPacing; }

std::optional<BandwidthController::Probe> BandwidthController::TakeProbe(Timestamp now) {
  // A peer that tells nothing cannot answer.
  if (first_sent_.IsNever()) return std::nullopt;
  const Prober::State state{.target = target_,
                            .allocated = demand_.allocated(),
                            .next = demand_.next(),
                            .max = wanted_ < max_ ? std::min(max_, wanted_ * kBeyondWanted) : max_,
                            .calm = delay_.IsGone() && !rate_.competing(),
                            .key_frame = demand_.IsKeyFrame(now),
                            .layers = !demand_.elastic()};
  const std::optional<Probe> probe = prober_.Take(state, now);
  if (probe) demand_.OnProbe(rtt_.value_or(kDefaultRtt), now);
  return probe;
}

BandwidthController::Snapshot BandwidthController::snapshot() const {
  return {.target = target_,
          .delay_based = rate_.rate_now(),
          .loss_based = loss_.bandwidth().value_or(max_),
          .acked = acked_.Over(AckedBitrate::kLong),
          .link_capacity = rate_.capacity().mean(),
          .queue_delay = delay_.queue(),
          .tolerable = delay_.threshold(),
          .rtt = rtt_,
          .loss = last_feedback_.IsNever() ? reported_loss_ : loss_.loss(),
          .limit = limit_,
          .competing = rate_.competing(),
          .probes = prober_.count()};
}

}  // namespace sluice
