#include "rtc/cc/prober.h"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr double kFull = 0.07;  // slope of the delays
constexpr double kMostSlope = 20;
constexpr int kFewest = 4;  // packets that arrived
constexpr double kLeastSpread = 1;
constexpr double kLeave = 0.92;    // of a line found full
constexpr double kGoOn = 0.75;     // of the start's probes, to try twice as much
constexpr double kEnough = 0.7;    // of the packets
constexpr double kLimited = 0.9;   // of the target: less is sent
constexpr double kMostAtOnce = 2;  // times the target
constexpr double kAbout = 1.25;
constexpr double kBeyondFull = 1.3;  // of what a line carried that was full
constexpr double kAbove = 1.03;      // the next step
constexpr double kMoreThanFull = 1.05;
constexpr TimeDelta kLimitedFor = TimeDelta::Millis(1000);
constexpr TimeDelta kFollows = TimeDelta::Millis(250);  // what sources need to follow the target
constexpr TimeDelta kAfterFall = TimeDelta::Seconds(2);
constexpr TimeDelta kRecoverAfter = TimeDelta::Seconds(4);
constexpr double kDeepFall = 0.66;
constexpr double kRecoverShare = 0.9;
constexpr TimeDelta kAttempt = TimeDelta::Seconds(12);

}  // namespace

void Prober::SetStart(DataRate start) {
  start_ = start * kFirst;
  second_ = start * kSecond;
}

void Prober::OnFall(DataRate before, DataRate after, Timestamp now) {
  start_ = second_ = again_ = DataRate::Zero();
  stepped_ = DataRate::Zero();
  before_fall_ = plan_;
  plan_.next_allowed = std::max(plan_.next_allowed, now + kAfterFall);
  if (!plan_.last_success.IsNever() && now - plan_.last_success < kAttempt) {
    // What a probe had promised was too much.
    plan_.last_success = Timestamp::Never();
    plan_.next_allowed = now + plan_.attempt_interval;
    plan_.attempt_interval = std::min(plan_.attempt_interval * 2.0, kMaxAttemptInterval);
    return;
  }
  plan_.attempt_interval = kAttemptInterval;  // the last step lasted
  if (after < before * kDeepFall) {
    plan_.recover = before * kRecoverShare;
    plan_.recover_at = now + kRecoverAfter;
  }
}

void Prober::OnFalseAlarm() { plan_ = before_fall_; }

// The last step got through, and there is one after it; or it was so far that this is its second half.
bool Prober::IsNextAtOnce(const State& state, Timestamp now) const {
  if (stepped_ == DataRate::Zero()) return false;
  const bool taken = state.next > stepped_ * kAbove;
  // What was stepped to begins with a key frame, which shall not meet a probe.
  if (taken) return state.allocated * kAbout > stepped_;
  return now - plan_.last_success > kFollows && now - limited_since_ > kFollows;
}

std::optional<DataRate> Prober::Wanted(const State& state, Timestamp now, Reason& reason) {
  reason = Reason::kStart;
  for (DataRate* rate : {&start_, &second_, &again_}) {
    if (*rate == DataRate::Zero()) continue;
    const DataRate wanted = std::exchange(*rate, DataRate::Zero());
    if (wanted > state.target) return wanted;
  }
  if (now >= plan_.recover_at) {
    reason = Reason::kRecover;
    plan_.recover_at = Timestamp::Infinite();
    // Sources that send less than they may have the other way to more; and those that follow the target grow by themselves.
    // A gap that others leave on a line after a fall would be taken for room.
    const bool sent = state.layers && state.allocated > state.target * kLimited;
    if (sent && plan_.recover > state.target) return std::min(plan_.recover, state.target * kMostAtOnce);
  }
  const bool limited = now - limited_since_ > kLimitedFor;
  if (state.key_frame || state.next <= state.target ||
      !(IsNextAtOnce(state, now) || (limited && now >= plan_.next_allowed)))
    return std::nullopt;
  stepped_ = DataRate::Zero();
  // A step that is very far goes in two: too much at once would fill any queue.
  reason = Reason::kNext;
  const DataRate most =
      full_ > DataRate::Zero() ? std::max(full_, state.target) * kBeyondFull : state.target * kMostAtOnce;
  return std::min(state.next * kAbove, most);
}

std::optional<Prober::Cluster> Prober::Take(const State& state, Timestamp now) {
  const double most = state.layers ? 1 : kLimited;
  if (limited_since_.IsNever() || state.allocated > state.target * most) limited_since_ = now;
  if (flight_) {
    if (now - flight_->begin < kTimeout + kDuration) return std::nullopt;
    flight_.reset();
  }
  if (state.max <= state.target) return std::nullopt;  // nobody wants more: what is planned waits until somebody does
  if (!state.calm || (!last_taken_.IsNever() && now - last_taken_ < kLeastGap)) return std::nullopt;
  Reason reason;
  const std::optional<DataRate> wanted = Wanted(state, now, reason);
  if (!wanted) return std::nullopt;
  const DataRate rate = std::min(*wanted, state.max);
  if (rate <= state.target) return std::nullopt;
  flight_ =
      Flight{.id = next_id_, .rate = rate, .next = state.next, .reason = reason, .packets = kPackets, .begin = now};
  if (++next_id_ == 0) next_id_ = 1;
  last_taken_ = now;
  plan_.next_allowed = std::max(plan_.next_allowed, now + interval_);
  ++count_;
  return Cluster{.id = flight_->id, .rate = rate, .size = rate * kDuration, .packets = kPackets};
}

void Prober::OnSent(const SentPacket& packet) {
  if (!flight_) return;
  if (packet.probe == flight_->id) {
    if (flight_->sent++ == 0) flight_->first_sent = packet.sent;
    flight_->last_sent = packet.sent;
    flight_->left = flight_->leaving;  // all but this one: the time until the next is its own
  }
  if (flight_->sent > 0) flight_->leaving += packet.total();
}

void Prober::Count(const PacketResult& result) {
  ++flight_->told;
  if (result.lost()) return;
  const int64_t delay_us = result.arrival.us() - result.packet.sent.us();
  if (flight_->delays.count() == 0) flight_->first_delay_us = delay_us;
  const double x = (result.packet.sent - flight_->first_sent).seconds() * 1000;
  const double y = static_cast<double>(delay_us - flight_->first_delay_us) / 1000;
  flight_->delays.Add(x, y);
}

std::optional<Prober::Result> Prober::OnFeedback(const FeedbackReport& report) {
  if (!flight_) return std::nullopt;
  bool beyond = false;  // what left after the probe is told of: no more of it will come
  for (const PacketResult& result : report.packets) {
    if (result.packet.probe == flight_->id && !result.was_lost) {
      Count(result);
    } else if (flight_->sent >= flight_->packets && result.packet.sent > flight_->last_sent) {
      beyond = true;
    }
  }
  if (flight_->sent < flight_->packets || (flight_->told < flight_->sent && !beyond)) return std::nullopt;
  if (report.received - flight_->begin < kDuration) return std::nullopt;
  return Judge();
}

// Packets that left at `rate` over a line that carries less are delayed by 1 / carried - 1 / rate of their bits, each more
// than the one before: the slope of the delays tells the one from the other, whatever jitter there is besides.
std::optional<Prober::Result> Prober::Judge() {
  const Flight flight = *std::exchange(flight_, std::nullopt);
  const int arrived = flight.delays.count();
  if (arrived < kEnough * flight.sent || arrived < kFewest || flight.delays.spread() < kLeastSpread) {
    interval_ = std::min(interval_ * 2.0, kMaxInterval);
    return std::nullopt;
  }
  const double slope = std::clamp(flight.delays.slope(), 0.0, kMostSlope);
  // What left beside the probe counts: audio does not wait for it.
  const TimeDelta span = flight.last_sent - flight.first_sent;
  const DataRate sent = span > TimeDelta::Zero() ? flight.left / span : flight.rate;
  const DataRate carried = sent * (1 / (1 + slope));
  Result result{.rate = flight.rate,
                .full = slope > kFull && carried * (1 + kFull) < flight.rate,
                .start = flight.reason == Reason::kStart};
  const bool beyond_full =
      flight.reason == Reason::kNext && full_ > DataRate::Zero() && flight.rate > full_ * kMoreThanFull;
  if (!result.full && beyond_full && !std::exchange(more_than_full_, true)) {
    plan_.next_allowed = flight.begin + kLeastGap;
    return std::nullopt;
  }
  more_than_full_ = false;
  if (result.full) {
    // The next step has room of its own: what sources take of it is less.
    result.rate = flight.reason == Reason::kNext ? carried : carried * kLeave;
    interval_ = std::min(interval_ * 2.0, kMaxInterval);
    full_ = carried;
  } else {
    interval_ = kInterval;
    full_ = DataRate::Zero();
    if (flight.reason == Reason::kNext) {
      plan_.last_success = flight.begin;
      stepped_ = flight.next;
    }
  }
  if (flight.reason == Reason::kStart && result.rate > flight.rate * kGoOn && second_ == DataRate::Zero()) {
    again_ = result.rate * 2.0;
  }
  return result;
}

}  // namespace sluice
