// Sends the packets of all producers, in a thread of its own, until it goes: VP8 frames of `burst` packets, evenly
// spaced, the producers spread over the interval. Every second has a key frame, so that consumers start without asking.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/fanout/options.h"
#include "bench/fanout/scene.h"

namespace sluice::bench {

class Source {
 public:
  Source(const Options& options, std::vector<Endpoint>& senders);
  ~Source();

  uint64_t packets_sent() const { return sent_.load(std::memory_order_relaxed); }

 private:
  void Run(std::vector<Endpoint>& senders);

  const Options& options_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> sent_{0};
  std::thread thread_;
};

}  // namespace sluice::bench
