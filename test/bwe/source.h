// What a flow has to send. A source is asked for a frame at each of its frame times, told how much it may send, and says
// what it would like.
#pragma once

#include <cstddef>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/base/units.h"

namespace sluice::bwe {

class Source {
 public:
  static constexpr TimeDelta kFrameInterval = TimeDelta::Micros(33'333);

  virtual ~Source() = default;
  // Budgets are of video alone; `held`: for a layer that is sent already.
  virtual void SetBudget(DataRate budget, DataRate held, Timestamp now) = 0;
  virtual DataSize NextFrame(Timestamp now) = 0;
  virtual DataRate rate() const = 0;       // what it sends at present
  virtual DataRate next_rate() const = 0;  // the next step up; zero: none, or it goes there by itself
  virtual DataRate max_rate() const = 0;
  // It sends whatever it may.
  virtual bool is_elastic() const { return false; }
  virtual int switches() const { return 0; }
  // The most it could send under a line of that rate.
  virtual DataRate Fitting(DataRate line) const = 0;
};

// RFC 8593's synthetic codec, in its steady form: the rate is the budget after a lag of at most 100 ms, within a range;
// frames vary by a truncated Laplace distribution.
class AdaptiveSource : public Source {
 public:
  AdaptiveSource(DataRate min, DataRate max, uint64_t seed) : min_(min), max_(max), rate_(min), rng_(seed) {}

  void SetBudget(DataRate budget, DataRate held, Timestamp now) override;
  DataSize NextFrame(Timestamp now) override;
  DataRate rate() const override { return rate_; }
  DataRate next_rate() const override { return rate_ < max_ ? max_ : DataRate::Zero(); }
  DataRate max_rate() const override { return max_; }
  bool is_elastic() const override { return true; }
  DataRate Fitting(DataRate line) const override { return std::min(line, max_); }

 private:
  static constexpr TimeDelta kLag = TimeDelta::Millis(100);

  DataRate min_;
  DataRate max_;
  DataRate rate_;
  DataRate wanted_;
  Timestamp changed_ = Timestamp::Never();
  Rng rng_;
};

// What an SFU has: layers that somebody else encodes, one of which is forwarded. A switch to a higher layer waits for a key
// frame, which is several times as large as others.
class SimulcastSource : public Source {
 public:
  SimulcastSource(std::vector<DataRate> layers, uint64_t seed) : layers_(std::move(layers)), rng_(seed) {}

  void SetBudget(DataRate budget, DataRate held, Timestamp now) override;
  DataSize NextFrame(Timestamp now) override;
  DataRate rate() const override { return layers_[current_] * sway_; }
  DataRate next_rate() const override;
  DataRate max_rate() const override { return layers_.back(); }
  int switches() const override { return switches_; }
  DataRate Fitting(DataRate line) const override;

 private:
  static constexpr TimeDelta kKeyFrameWait = TimeDelta::Millis(150);
  static constexpr TimeDelta kKeyFrameEvery = TimeDelta::Seconds(20);
  static constexpr double kKeyFrameSize = 4;
  static constexpr TimeDelta kMeasuredOver = TimeDelta::Seconds(1);
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(100);

  std::vector<DataRate> layers_;
  Rng rng_;
  size_t current_ = 0;
  size_t wanted_ = 0;
  Timestamp switch_at_ = Timestamp::Infinite();
  Timestamp allocated_at_ = Timestamp::Never();
  bool key_ = true;
  int switches_ = 0;
  double sway_ = 1;  // of measured rates around those that are meant
};

}  // namespace sluice::bwe
