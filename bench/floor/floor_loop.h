// What one thread can do at best with the worker's parts: it receives in batches, unprotects, and for each receiver copies,
// protects and sends, a segmented message for each run of packets, many messages in a system call. No congestion control, no
// repair, no statistics, no control: the yardstick of bench/fanout.
//
// Runs in a thread of its own until it goes. Each receiver gets what all senders send.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "rtc/srtp/srtp_suite.h"

namespace sluice::bench {

class FloorLoop {
 public:
  // Of 127.0.0.1. The key is master key and salt, empty without SRTP: a sender's own, and the one for a receiver.
  struct Peer {
    uint16_t port = 0;
    std::string key;
  };
  // CPU time of the thread so far.
  struct Usage {
    double user_us = 0;
    double system_us = 0;
  };

  // `fd`: a non-blocking UDP socket that is bound; not owned.
  FloorLoop(int fd, std::optional<SrtpSuite> suite, std::vector<Peer> senders, std::vector<Peer> receivers);
  ~FloorLoop();

  Usage usage() const;

 private:
  void Run(std::vector<Peer> senders, std::vector<Peer> receivers);

  const int fd_;
  const std::optional<SrtpSuite> suite_;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> user_us_{0};
  std::atomic<int64_t> system_us_{0};
  std::thread thread_;
};

}  // namespace sluice::bench
