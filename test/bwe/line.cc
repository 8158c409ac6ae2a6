#include "test/bwe/line.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

namespace sluice::bwe {

Bottleneck::Bottleneck(Scheduler& scheduler, Config config, uint64_t seed)
    : scheduler_(scheduler),
      config_(config),
      rng_(seed),
      tokens_(static_cast<double>(config.burst.bytes())),
      tokens_at_(scheduler.now()) {
  if (config_.stall_every > TimeDelta::Zero()) PlanStall();
}

void Bottleneck::PlanStall() {
  const double wait = -std::log(1 - rng_.Unit()) * config_.stall_every.seconds();
  scheduler_.After(TimeDelta::Micros(static_cast<int64_t>(wait * 1e6)), [this] {
    stalled_until_ = scheduler_.now() + config_.stall * rng_.Unit();
    PlanStall();
  });
}

bool Bottleneck::PassesPolicer(int size) {
  if (config_.policed == DataRate::Zero()) return true;
  const DataSize earned = config_.policed * (scheduler_.now() - std::exchange(tokens_at_, scheduler_.now()));
  tokens_ = std::min(static_cast<double>(config_.burst.bytes()), tokens_ + static_cast<double>(earned.bytes()));
  if (tokens_ < size) return false;
  tokens_ -= size;
  return true;
}

void Bottleneck::Send(int size, Depart depart) {
  const DataSize room = config_.rate * config_.queue;
  if (!PassesPolicer(size) || (busy_ && queued_bytes_ + size > room.bytes())) {
    ++dropped_;
    return;
  }
  queue_.push_back({size, scheduler_.now(), std::move(depart)});
  queued_bytes_ += size;
  if (!busy_) ServeNext();
}

void Bottleneck::ServeNext() {
  if (queue_.empty()) {
    busy_ = false;
    return;
  }
  busy_ = true;
  const TimeDelta service = DataSize::Bytes(queue_.front().size) / config_.rate;
  // What waited through a stall leaves with it: the air is faster than the rate, which is an average.
  const bool stalled = stalled_until_ > scheduler_.now();
  scheduler_.At(stalled ? stalled_until_ : scheduler_.now() + service, [this] {
    Waiting served = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= served.size;
    served.depart(scheduler_.now() - served.since);
    ServeNext();
  });
}

TimeDelta Route::Jitter() {
  if (config_.uniform_jitter > TimeDelta::Zero()) return config_.uniform_jitter * rng_.Unit();
  if (!config_.jitter) return TimeDelta::Zero();
  constexpr double kDeviation = 5'000;
  double normal;
  do {
    normal = std::sqrt(-2 * std::log(1 - rng_.Unit())) * std::cos(2 * std::numbers::pi * rng_.Unit());
  } while (std::abs(normal) > 3);
  return TimeDelta::Micros(static_cast<int64_t>((normal + 3) * kDeviation));
}

void Route::Pass(size_t hop, int size, TimeDelta queued, Arrive arrive) {
  if (hop < config_.hops.size()) {
    auto passed = std::make_shared<Arrive>(std::move(arrive));
    config_.hops[hop]->Send(size, [this, hop, size, queued, passed](TimeDelta more) {
      Pass(hop + 1, size, queued + more, std::move(*passed));
    });
    return;
  }
  if (rng_.Chance(config_.loss)) {
    ++lost_;
    return;
  }
  last_arrival_ = std::max(last_arrival_, scheduler_.now() + config_.delay + Jitter());
  scheduler_.At(last_arrival_, [arrive = std::move(arrive), queued] { arrive(queued); });
}

}  // namespace sluice::bwe
