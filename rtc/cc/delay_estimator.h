// How long packets wait in the queue of the line, from one-way delays on two clocks that are not compared: after the
// draft's (draft-ietf-rmcat-gcc-02, 5) arrival groups and trend line, with the queue's length itself beside the trend.
//
//   groups  packets that left within kGroup are one; the least delay among them counts, for single ones are late for
//           many reasons
//   base    the least delay of the last kBaseSeconds: that of the empty line. A route that became longer is found out
//           after so long
//   queue   the least delay of the groups of the last kLevel, beyond the base
//   trend   slope of a line through the groups of the last kTrend: how fast the queue grows, seconds a second
//
//   steep   the delays of what came in the last kSteepOver, or more, grew all the time and almost as fast as it: far more is
//           sent than the line carries by now. One does not wait for the level then
//
// IsOverused: the queue is longer than the threshold, or grows so that it soon will be. The threshold follows what jitter
// does to a line that is not full (the draft's adaptive threshold serves the same end): learnt quickly while little is
// sent. While most of the line is taken it is only unlearnt, by queues that are shorter: flows that share a line shall
// differ by what they send, not by what each met before. It follows what competitors hold, too: see Tolerate().
//
// Bounds: kGroups groups, kBaseSeconds least delays. A jump of the receiver's clock starts everything anew.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"
#include "rtc/cc/network_messages.h"

namespace sluice {

class DelayEstimator {
 public:
  static constexpr TimeDelta kGroup = TimeDelta::Millis(5);
  static constexpr TimeDelta kLevel = TimeDelta::Millis(100);
  static constexpr TimeDelta kTrend = TimeDelta::Millis(250);
  static constexpr TimeDelta kSteepOver = TimeDelta::Millis(50);
  static constexpr size_t kGroups = 64;
  static constexpr size_t kBaseSeconds = 20;
  static constexpr TimeDelta kLargestJump = TimeDelta::Seconds(10);
  // Beyond what jitter does and a packet takes at the rate: who sends less bears more, so that of two flows on a line the
  // larger one gives way first, and they become equal.
  static constexpr TimeDelta kThreshold = TimeDelta::Millis(2);
  static constexpr double kFirstWeight = 0.2;  // there is little to average with at first
  static constexpr TimeDelta kMaxThreshold = TimeDelta::Seconds(2);

  // Arrived packets, as they were sent; then Update.
  void OnPacket(Timestamp sent, Timestamp arrival);
  // How much of the line is taken: whether a short queue is its jitter, or may be of our making.
  enum class Load : uint8_t { kLittle, kUnknown, kMost };
  // `rate`: what may be sent at present.
  void Update(DataRate rate, Load load = Load::kUnknown);

  TimeDelta queue() const;
  // How far the queue is from its mean, on average, on a line that is not full.
  TimeDelta deviation() const { return TimeDelta::Micros(static_cast<int64_t>(deviation_us_)); }
  double trend() const { return trend_; }
  TimeDelta threshold() const;
  // Whatever is tolerated.
  bool IsCalm() const { return queue() < own_threshold(); }
  // `patience` is added to the threshold: a burst was sent on purpose.
  bool IsOverused(TimeDelta patience = TimeDelta::Zero()) const;
  // A stall looks otherwise: what waited for its end was delayed less and less.
  bool IsSteep() const { return steep_; }
  // When the newest packet that counts was sent; Never before the first.
  Timestamp newest_sent() const { return newest_sent_; }

  // There is no queue to speak of.
  bool IsGone() const { return queue() * 2.0 < own_threshold(); }
  // What was called an overuse was none: more is borne for a while.
  void OnFalseAlarm();

  // A queue of that length is not of our making: it is no overuse. Zero: there is none.
  void Tolerate(TimeDelta queue) { tolerated_ = queue; }

 private:
  TimeDelta own_threshold() const;
  struct Group {
    Timestamp sent;        // its first packet
    int64_t delay_us = 0;  // the least
    int64_t gap_us = 0;    // the longest time that nothing came, until the first of the next group
  };

  const Group& At(size_t back) const { return groups_[(end_ - 1 - back) % kGroups]; }
  size_t count() const { return end_ < kGroups ? end_ : kGroups; }
  void NoteBase(Timestamp sent, int64_t delay_us);
  void Learn(double spread_us, bool quickly);
  double SlopeAndLast(double& last_us) const;
  bool GrowsSteeply(int64_t base) const;

  std::array<Group, kGroups> groups_;
  size_t end_ = 0;
  std::array<int64_t, kBaseSeconds> base_us_{};  // by second
  int64_t base_second_ = -1;
  Timestamp newest_sent_ = Timestamp::Never();
  Timestamp last_arrival_ = Timestamp::Never();
  int64_t last_delay_us_ = 0;
  TimeDelta queue_ = TimeDelta::Zero();
  TimeDelta ahead_ = TimeDelta::Zero();  // where the line through the groups ends, beyond base and jitter
  double trend_ = 0;
  bool steep_ = false;
  double weight_ = kFirstWeight;          // of the newest in the averages
  double jitter_us_ = 0;                  // of `queue` on a line that is not full
  double deviation_us_ = 0;               // from that, on average
  double spread_us_ = 0;                  // mean of groups above the least
  double alarm_us_ = 0;                   // added for false alarms
  TimeDelta packet_ = TimeDelta::Zero();  // how long one takes
  TimeDelta tolerated_ = TimeDelta::Zero();
};

}  // namespace sluice
