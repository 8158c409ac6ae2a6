#include "test/bwe/record.h"

#include <algorithm>

namespace sluice::bwe {
namespace {

size_t IndexOf(TimeDelta time) { return static_cast<size_t>(time.us() / Record::kBin.us()); }

}  // namespace

Record::Bin& Record::At(TimeDelta time) {
  const size_t index = IndexOf(time);
  if (index >= bins.size()) bins.resize(index + 1);
  return bins[index];
}

void Record::OnArrived(TimeDelta time, int size, TimeDelta queued) {
  Bin& bin = At(time);
  bin.arrived += size;
  bin.queue_sum_us += queued.us();
  bin.queue_max_us = std::max(bin.queue_max_us, queued.us());
  delays_.push_back({static_cast<int32_t>(time.ms()), static_cast<int32_t>(queued.us())});
}

Record::Span Record::Over(TimeDelta begin, TimeDelta end) const {
  Span span;
  int64_t arrived = 0;
  int64_t packets = 0;
  int64_t lost = 0;
  int64_t target = 0;
  const size_t last = std::min(IndexOf(end), bins.size());
  const size_t first = std::min(IndexOf(begin), last);
  if (first == last) return span;
  for (size_t i = first; i < last; ++i) {
    arrived += bins[i].arrived;
    packets += bins[i].packets;
    lost += bins[i].lost;
    target += bins[i].target_kbps;
  }
  const TimeDelta length = kBin * static_cast<int64_t>(last - first);
  span.rate = DataSize::Bytes(arrived) / length;
  span.loss = packets ? static_cast<double>(lost) / static_cast<double>(packets) : 0;
  span.target = DataRate::KilobitsPerSec(target / static_cast<int64_t>(last - first));
  span.switches_per_minute = (bins[last - 1].switches - bins[first].switches) * 60 / length.seconds();
  std::vector<int32_t> queued;
  int64_t sum = 0;
  for (const Delay& delay : delays_) {
    if (delay.at_ms < begin.ms() || delay.at_ms >= end.ms()) continue;
    queued.push_back(delay.queued_us);
    sum += delay.queued_us;
  }
  if (queued.empty()) return span;
  const auto p95 = queued.begin() + static_cast<std::ptrdiff_t>(queued.size() * 95 / 100);
  std::ranges::nth_element(queued, p95);
  span.queue_mean = TimeDelta::Micros(sum / static_cast<int64_t>(queued.size()));
  span.queue_p95 = TimeDelta::Micros(*p95);
  return span;
}

TimeDelta Record::Reaches(DataRate rate, TimeDelta from, bool below) const {
  constexpr size_t kSecond = 10;
  size_t held = 0;
  for (size_t end = IndexOf(from) + kSecond; end <= bins.size(); ++end) {
    int64_t bytes = 0;
    for (size_t i = end - kSecond; i < end; ++i) bytes += bins[i].arrived;
    const bool reached = below ? bytes * 8 <= rate.bps() : bytes * 8 >= rate.bps();
    held = reached ? held + 1 : 0;
    if (held == 2 * kSecond) return kBin * static_cast<int64_t>(end + 1 - held) - from;
  }
  return TimeDelta::Infinite();
}

}  // namespace sluice::bwe
