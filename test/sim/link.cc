#include "test/sim/link.h"

#include <algorithm>
#include <utility>

namespace sluice::sim {

bool Link::PassBottleneck(size_t size, Timestamp& departure) {
  departure = events_.now();
  if (config_.rate == DataRate::Infinite()) return true;
  const Timestamp start = std::max(free_at_, events_.now());
  const DataSize waiting = config_.rate * (start - events_.now());
  const DataSize bytes = DataSize::Bytes(static_cast<int64_t>(size));
  if (waiting + bytes > config_.queue_limit) return false;
  free_at_ = start + bytes / config_.rate;
  departure = free_at_;
  return true;
}

bool Link::IsLost() {
  if (rng_.Chance(bad_ ? config_.bad_to_good : config_.good_to_bad)) bad_ = !bad_;
  return rng_.Chance(config_.loss) || (bad_ && rng_.Chance(config_.loss_when_bad));
}

void Link::Send(Datagram datagram, const Deliver& deliver) {
  ++stats_.sent;
  Timestamp departure;
  if (!PassBottleneck(datagram.size(), departure)) return void(++stats_.overflowed);
  if (IsLost()) return void(++stats_.lost);

  const TimeDelta jitter = TimeDelta::Micros(rng_.Between(0, config_.jitter.us()));
  Timestamp arrival = std::max(departure + config_.delay + jitter, last_arrival_);
  last_arrival_ = arrival;
  if (config_.extra_delay) arrival += config_.extra_delay(datagram);
  if (rng_.Chance(config_.reorder)) {
    ++stats_.reordered;
    arrival += config_.reorder_delay;
  }
  if (rng_.Chance(config_.duplicate)) {
    ++stats_.duplicated;
    DeliverAt(arrival + config_.duplicate_delay, datagram, deliver);
  }
  DeliverAt(arrival, std::move(datagram), deliver);
}

void Link::DeliverAt(Timestamp time, Datagram datagram, const Deliver& deliver) {
  events_.At(time, [this, deliver, datagram = std::move(datagram)]() mutable {
    ++stats_.delivered;
    deliver(std::move(datagram));
  });
}

}  // namespace sluice::sim
