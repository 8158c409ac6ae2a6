// Reads what the worker forwards to all receivers, in a thread of its own, until it goes. Counts RTP packets; the first
// one of every receiver is also unprotected and looked at, so that what is counted is what was meant.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "bench/fanout/options.h"
#include "bench/fanout/scene.h"

namespace sluice::bench {

class Sinks {
 public:
  Sinks(const Options& options, std::vector<Endpoint>& receivers);
  ~Sinks();

  // RTP that was read, and that came but found the socket full.
  uint64_t packets() const;
  size_t receivers_served() const { return served_.load(std::memory_order_relaxed); }  // whose first packet was right
  uint64_t wrong_packets() const { return wrong_.load(std::memory_order_relaxed); }

 private:
  void Run();
  void Drain(size_t index);
  bool IsRight(const Endpoint& end, std::span<uint8_t> packet) const;

  const Options& options_;
  std::vector<Endpoint>& receivers_;
  std::vector<bool> seen_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> read_{0};
  std::atomic<uint64_t> wrong_{0};
  std::atomic<size_t> served_{0};
  std::thread thread_;
};

}  // namespace sluice::bench
