// What shares a line with media: TCP downloads, and traffic that does not care.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "test/bwe/line.h"
#include "test/bwe/record.h"
#include "test/bwe/scheduler.h"

namespace sluice::bwe {

// A model of TCP with CUBIC (RFC 9438) and its Reno-friendly region: a window that acknowledgements clock, losses seen by
// later packets being acknowledged, one decrease a round trip, a time-out. It sends `bytes`, then calls `done`.
class TcpFlow {
 public:
  TcpFlow(Scheduler& scheduler, Route::Config forth, TimeDelta back_delay, uint64_t seed)
      : scheduler_(scheduler), forth_(scheduler, std::move(forth), seed), back_delay_(back_delay) {}
  TcpFlow(const TcpFlow&) = delete;
  TcpFlow& operator=(const TcpFlow&) = delete;

  // For ever: nullopt.
  void Start(std::optional<int64_t> bytes, std::function<void()> done = {});
  void Stop() { running_ = false; }
  Record& record() { return record_; }

 private:
  static constexpr int kSegment = 1500;

  void SendMore();
  void OnAck(int64_t number);
  void OnLoss();
  void WatchTimeout(int64_t epoch);
  double CubicWindow() const;

  Scheduler& scheduler_;
  Route forth_;
  TimeDelta back_delay_;
  Record record_;
  bool running_ = false;
  std::optional<int64_t> left_;  // segments
  std::function<void()> done_;
  std::map<int64_t, Timestamp> unacked_;  // by number, as sent
  int64_t next_ = 0;
  int64_t recover_ = 0;  // losses before it belong to the last decrease
  double window_ = 10;
  double threshold_ = 1e9;
  double max_window_ = 0;
  Timestamp decreased_at_ = Timestamp::Never();
  double reno_ = 0;
  TimeDelta rtt_ = TimeDelta::Millis(100);
  int64_t epoch_ = 0;  // of acknowledgements, for the time-out
};

// A constant bit rate from Start to Stop.
class UdpFlow {
 public:
  UdpFlow(Scheduler& scheduler, Route::Config forth, DataRate rate, uint64_t seed)
      : scheduler_(scheduler), forth_(scheduler, std::move(forth), seed), rate_(rate) {}
  void Start();
  void Stop() { running_ = false; }

 private:
  Scheduler& scheduler_;
  Route forth_;
  DataRate rate_;
  bool running_ = false;
};

}  // namespace sluice::bwe
