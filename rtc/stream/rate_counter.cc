#include "rtc/stream/rate_counter.h"

#include <algorithm>

namespace sluice {

void RateCounter::Add(size_t bytes, Timestamp now) {
  const int64_t index = now.us() / bucket_us_;
  Bucket& bucket = buckets_[static_cast<size_t>(index % kBuckets)];
  if (bucket.index != index) bucket = {index, 0, 0};
  bucket.bytes += static_cast<int64_t>(bytes);
  ++bucket.packets;
  if (first_.IsNever()) first_ = now;
}

RateCounter::Sum RateCounter::SumOf(Timestamp now) const {
  Sum sum;
  if (first_.IsNever()) return sum;
  const int64_t index = now.us() / bucket_us_;
  for (const Bucket& bucket : buckets_) {
    if (bucket.index <= index - kBuckets || bucket.index > index) continue;
    sum.bytes += bucket.bytes;
    sum.packets += bucket.packets;
  }
  // The oldest bucket is whole, the newest only as old as `now` is into it.
  const int64_t covered = (kBuckets - 1) * bucket_us_ + now.us() % bucket_us_;
  sum.seconds = static_cast<double>(std::clamp<int64_t>((now - first_).us(), 100'000, covered)) * 1e-6;
  return sum;
}

DataRate RateCounter::Rate(Timestamp now, DataSize per_packet) const {
  const Sum sum = SumOf(now);
  const int64_t bytes = sum.bytes + sum.packets * per_packet.bytes();
  return DataRate::BitsPerSec(static_cast<int64_t>(static_cast<double>(bytes * 8) / sum.seconds));
}

double RateCounter::PacketRate(Timestamp now) const {
  Sum sum = SumOf(now);
  return static_cast<double>(sum.packets) / sum.seconds;
}

}  // namespace sluice
