// The network of a run. A Bottleneck is shared by the flows that pass it; a Route is one flow's way through some of them
// with its own propagation delay, jitter and loss. Packets are sizes, with what happens when they arrive.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "test/bwe/scheduler.h"

namespace sluice::bwe {

// A queue that empties at a rate which may change under what waits, and drops at its tail. It may stall now and then, as
// the air of a Wi-Fi does: it then sends what came meanwhile at once.
class Bottleneck {
 public:
  using Depart = std::function<void(TimeDelta queued)>;

  struct Config {
    DataRate rate = DataRate::KilobitsPerSec(1000);
    TimeDelta queue = TimeDelta::Millis(300);  // what it holds, at the rate of the moment
    // Drops what is above this rate, and delays nothing (a token bucket of `burst`). Zero: none.
    DataRate policed = DataRate::Zero();
    DataSize burst = DataSize::Bytes(15'000);
    // Every stall_every (on average) it stands still for up to stall. Zero: never.
    TimeDelta stall_every = TimeDelta::Zero();
    TimeDelta stall = TimeDelta::Zero();
  };

  Bottleneck(Scheduler& scheduler, Config config, uint64_t seed);
  Bottleneck(const Bottleneck&) = delete;
  Bottleneck& operator=(const Bottleneck&) = delete;

  void SetRate(DataRate rate) { config_.rate = rate; }
  DataRate rate() const { return config_.rate; }
  // `depart` is called when the packet has been sent; never if it is dropped.
  void Send(int size, Depart depart);
  uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    int size;
    Timestamp since;
    Depart depart;
  };
  bool PassesPolicer(int size);
  void ServeNext();
  void PlanStall();

  Scheduler& scheduler_;
  Config config_;
  Rng rng_;
  std::deque<Waiting> queue_;
  int64_t queued_bytes_ = 0;
  bool busy_ = false;
  Timestamp stalled_until_ = Timestamp::Never();
  double tokens_ = 0;
  Timestamp tokens_at_;
  uint64_t dropped_ = 0;
};

class Route {
 public:
  using Arrive = std::function<void(TimeDelta queued)>;

  struct Config {
    std::vector<Bottleneck*> hops;
    TimeDelta delay = TimeDelta::Millis(50);
    // RFC 8868, 4.5.1: a Gaussian of 5 ms, cut at three deviations and shifted to 0..30 ms, which keeps the order.
    bool jitter = false;
    // Uniform, up to so much; a packet waits for the one before it, so the order stays.
    TimeDelta uniform_jitter = TimeDelta::Zero();
    double loss = 0;
  };

  Route(Scheduler& scheduler, Config config, uint64_t seed)
      : scheduler_(scheduler), config_(std::move(config)), rng_(seed) {}

  void Send(int size, Arrive arrive) { Pass(0, size, TimeDelta::Zero(), std::move(arrive)); }
  void SetDelay(TimeDelta delay) { config_.delay = delay; }
  void SetLoss(double loss) { config_.loss = loss; }
  uint64_t lost() const { return lost_; }

 private:
  void Pass(size_t hop, int size, TimeDelta queued, Arrive arrive);
  TimeDelta Jitter();

  Scheduler& scheduler_;
  Config config_;
  Rng rng_;
  Timestamp last_arrival_ = Timestamp::Never();
  uint64_t lost_ = 0;
};

}  // namespace sluice::bwe
