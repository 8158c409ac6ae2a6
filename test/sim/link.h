// One direction of a network path with its faults. A datagram passes, in this order:
//   1. the bottleneck: a queue of `queue_limit` that empties at `rate`; what does not fit is dropped at the tail;
//   2. loss, random (`loss`) and in bursts (Gilbert-Elliott: a state that is good or bad, changed once per datagram);
//   3. `delay` and uniform `jitter`, which keep the order of datagrams (a later one waits for an earlier one);
//   4. with chance `reorder` another `reorder_delay`, which lets later ones overtake it;
//   5. with chance `duplicate` a second copy, `duplicate_delay` later.
// All chances come from the seed. A new configuration concerns datagrams that are sent from then on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "test/sim/event_queue.h"

namespace sluice::sim {

using Datagram = std::vector<uint8_t>;

struct LinkConfig {
  TimeDelta delay = TimeDelta::Zero();
  TimeDelta jitter = TimeDelta::Zero();
  DataRate rate = DataRate::Infinite();
  DataSize queue_limit = DataSize::Bytes(100'000);

  double loss = 0;
  double good_to_bad = 0;  // Gilbert-Elliott, per datagram
  double bad_to_good = 1;
  double loss_when_bad = 1;

  double reorder = 0;
  TimeDelta reorder_delay = TimeDelta::Millis(20);
  double duplicate = 0;
  TimeDelta duplicate_delay = TimeDelta::Millis(1);

  // Adds to the delay of single datagrams, which overtake others or are overtaken.
  std::function<TimeDelta(std::span<const uint8_t>)> extra_delay;
};

struct LinkStats {
  uint64_t sent = 0;
  uint64_t delivered = 0;  // copies included
  uint64_t lost = 0;
  uint64_t overflowed = 0;
  uint64_t reordered = 0;
  uint64_t duplicated = 0;
};

class Link {
 public:
  using Deliver = std::function<void(Datagram)>;

  Link(EventQueue& events, uint64_t seed) : events_(events), rng_(seed) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void Configure(LinkConfig config) { config_ = std::move(config); }
  const LinkConfig& config() const { return config_; }
  void Send(Datagram datagram, const Deliver& deliver);
  const LinkStats& stats() const { return stats_; }

 private:
  bool PassBottleneck(size_t size, Timestamp& departure);
  bool IsLost();
  void DeliverAt(Timestamp time, Datagram datagram, const Deliver& deliver);

  EventQueue& events_;
  Rng rng_;
  LinkConfig config_;
  LinkStats stats_;
  bool bad_ = false;
  Timestamp free_at_;       // when the bottleneck has sent everything
  Timestamp last_arrival_;  // of datagrams that keep their order
};

}  // namespace sluice::sim
