#include "rtc/cc/prober.h"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr double kThrough = 0.9;  // of the rate it left with: it got through
constexpr double kLeave = 0.92;   // of a line found full
constexpr double kGoOn = 0.75;    // of the start's probes, to try twice as much
constexpr double kEnough = 0.7;   // of the packets
constexpr double kLimited = 0.9;  // of the target: less is sent
constexpr double kAbove = 1.03;   // the next step
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
  if (!last_success_.IsNever() && now - last_success_ < kAttempt) {
    // What a probe had promised was too much.
    last_success_ = Timestamp::Never();
    next_allowed_ = now + attempt_interval_;
    attempt_interval_ = std::min(attempt_interval_ * 2.0, kMaxAttemptInterval);
    return;
  }
  if (after < before * kDeepFall) {
    recover_ = before * kRecoverShare;
    recover_at_ = now + kRecoverAfter;
  }
}

std::optional<DataRate> Prober::Wanted(const State& state, Timestamp now, Reason& reason) {
  reason = Reason::kStart;
  for (DataRate* rate : {&start_, &second_, &again_}) {
    if (*rate == DataRate::Zero()) continue;
    const DataRate wanted = std::exchange(*rate, DataRate::Zero());
    if (wanted > state.target) return wanted;
  }
  if (now >= recover_at_) {
    reason = Reason::kRecover;
    recover_at_ = Timestamp::Infinite();
    if (recover_ > state.target) return recover_;
  }
  const bool limited = state.allocated < state.target * kLimited;
  if (state.next <= state.target || !limited || now < next_allowed_) return std::nullopt;
  reason = Reason::kNext;
  return state.next * kAbove;
}

std::optional<Prober::Cluster> Prober::Take(const State& state, Timestamp now) {
  if (flight_) {
    if (now - flight_->begin < kTimeout + kDuration) return std::nullopt;
    flight_.reset();
  }
  if (!state.calm || (!last_taken_.IsNever() && now - last_taken_ < kLeastGap)) return std::nullopt;
  Reason reason;
  const std::optional<DataRate> wanted = Wanted(state, now, reason);
  if (!wanted) return std::nullopt;
  const DataRate rate = std::min(*wanted, state.max);
  if (rate <= state.target) return std::nullopt;
  flight_ = Flight{.id = next_id_, .rate = rate, .reason = reason, .packets = kPackets, .begin = now};
  if (++next_id_ == 0) next_id_ = 1;
  last_taken_ = now;
  next_allowed_ = std::max(next_allowed_, now + interval_);
  ++count_;
  return Cluster{.id = flight_->id, .rate = rate, .size = rate * kDuration, .packets = kPackets};
}

void Prober::OnSent(const SentPacket& packet) {
  if (!flight_ || packet.probe != flight_->id) return;
  if (flight_->sent++ == 0) flight_->first_sent = packet.sent;
  flight_->last_sent = packet.sent;
  flight_->last_size = packet.size.bytes();
}

void Prober::Count(const PacketResult& result) {
  ++flight_->told;
  if (result.lost()) return;
  if (flight_->arrived++ == 0) {
    flight_->first_arrival = flight_->last_arrival = result.arrival;
    flight_->first_size = result.packet.size.bytes();
  }
  flight_->first_arrival = std::min(flight_->first_arrival, result.arrival);
  flight_->last_arrival = std::max(flight_->last_arrival, result.arrival);
  flight_->bytes += result.packet.total().bytes();
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

std::optional<Prober::Result> Prober::Judge() {
  const Flight flight = *std::exchange(flight_, std::nullopt);
  const TimeDelta sent_for = flight.last_sent - flight.first_sent;
  const TimeDelta came_for = flight.last_arrival - flight.first_arrival;
  if (flight.arrived < kEnough * flight.sent || sent_for <= TimeDelta::Zero()) {
    interval_ = std::min(interval_ * 2.0, kMaxInterval);
    return std::nullopt;
  }
  const DataSize came = DataSize::Bytes(flight.bytes - flight.first_size);
  const DataRate arrived = came_for > TimeDelta::Zero() ? came / came_for : DataRate::Infinite();
  Result result{.rate = std::min(arrived, flight.rate), .full = arrived < flight.rate * kThrough};
  if (result.full) {
    result.rate = result.rate * kLeave;
    interval_ = std::min(interval_ * 2.0, kMaxInterval);
  } else {
    result.rate = flight.rate;
    interval_ = kInterval;
    if (flight.reason == Reason::kNext) last_success_ = flight.begin;
  }
  if (flight.reason == Reason::kStart && result.rate > flight.rate * kGoOn && second_ == DataRate::Zero()) {
    again_ = result.rate * 2.0;
  }
  return result;
}

}  // namespace sluice
