// How much may be sent, by the delays: grows while the queue is short, falls to a share of what arrives when it is not
// (AIMD, draft-ietf-rmcat-gcc-02, 5.5), and lets the queue drain after a fall.
//
//   grow     near the known capacity of the line by about a packet each response time; elsewhere by a share a second.
//            Never far beyond what arrives, hardly beyond what layers take while the next one is further away than that,
//            and not at all while the sources send much less. A rate above the capacity that has made no queue for kRoomy
//            and more says that the line became wider: all flows on it see that at the same time, and none takes it alone.
//            Not for layers, whose probes find that out
//   fall     to kBackOff of what arrived while the line was full. Packets that left before it are not judged again. Layers
//            that fit what arrives are kept: a burst filled the queue. If it does not go then, they are not
//   undo     if packets that left before a fall, shortly after those that told of it, find no queue, it was a stall of the
//            line and not too much. A queue that goes more slowly was drained, by others too
//   drain    after a fall less still, as much as empties the queue in kDrainTime
//   compete  a queue that does not get shorter though less is sent (of layers: though less arrives) is somebody
//            else's: it is tolerated then, loss alone is obeyed, until the queue has gone; and from time to time it is
//            tried again, for flows like this one may take each other for such
#pragma once

#include <algorithm>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/cc/link_capacity.h"

namespace sluice {

class RateController {
 public:
  static constexpr double kBackOff = 0.88;
  static constexpr double kLossBackOff = 0.85;
  static constexpr TimeDelta kDrainTime = TimeDelta::Millis(600);
  static constexpr TimeDelta kRoomy = TimeDelta::Millis(500);

  struct Input {
    Timestamp now;
    Timestamp newest_sent;  // of the packets judged
    bool overused = false;
    TimeDelta queue;
    double trend = 0;
    bool steep = false;             // it grows so that the line must have become far thinner
    bool gone = false;              // there is no queue to speak of
    std::optional<DataRate> acked;  // over a short time
    std::optional<DataRate> acked_long;
    std::optional<DataRate> acked_brief;
    TimeDelta response;               // from a change of the rate to seeing what it did
    bool limited_by_sources = false;  // they send much less than they may
    bool elastic = false;             // they send whatever they may
    DataRate allocated;               // what layers have taken for a while; zero: it changes
    DataRate next;                    // what the next layer needs; zero: there is none, or sources follow the rate
  };

  explicit RateController(DataRate start) : rate_(start) {}

  void Update(const Input& input);
  // While competing only: that share of packets was lost in a period.
  void OnLoss(double loss, const Input& input);
  // Loss says what the line carries: that it makes no queue says nothing.
  void OnFullByLoss(DataRate rate);
  // What is known otherwise: a start, a probe.
  void Set(DataRate rate) { rate_ = rate; }
  void Clamp(DataRate min, DataRate max);

  DataRate rate() const { return rate_; }
  // Less than rate() while the queue drains.
  DataRate rate_now() const { return drain_ ? std::min(rate_, *drain_) : rate_; }
  bool competing() const { return competing_; }
  // A queue of that length is to be borne: no competitor's is longer.
  TimeDelta tolerated() const { return competing_ ? TimeDelta::Millis(700) : TimeDelta::Zero(); }
  LinkCapacity& capacity() { return capacity_; }
  const LinkCapacity& capacity() const { return capacity_; }
  Timestamp last_fall() const { return last_fall_; }
  // The rate before the last fall.
  DataRate before_fall() const { return before_fall_; }
  // The last fall was a false alarm and was taken back.
  bool undone() const { return undone_; }

 private:
  DataRate ArrivedOf(const Input& input) const;
  void Fall(const Input& input);
  void FallFurther(const Input& input);
  void Undo();
  void Drain(const Input& input);
  void Grow(const Input& input);
  void LookForRoom(const Input& input);
  void JudgeCompetition(const Input& input);

  DataRate rate_;
  std::optional<DataRate> drain_;
  DataRate drain_from_;
  LinkCapacity capacity_;
  Timestamp last_fall_ = Timestamp::Never();
  Timestamp last_update_ = Timestamp::Never();
  bool full_by_loss_ = false;
  Timestamp above_since_ = Timestamp::Infinite();  // the capacity, without a queue
  Timestamp roomy_since_ = Timestamp::Never();
  DataRate before_fall_;
  LinkCapacity capacity_before_;
  Timestamp fall_seen_ = Timestamp::Never();  // the newest packet known at the last fall
  bool undone_ = false;
  Timestamp standing_since_ = Timestamp::Never();  // the queue did not go away
  TimeDelta standing_queue_ = TimeDelta::Zero();
  DataRate standing_rate_ = DataRate::Zero();  // that arrived when it began
  Timestamp last_queue_ = Timestamp::Never();
  bool competing_ = false;
  Timestamp competing_until_ = Timestamp::Never();
  TimeDelta competing_for_ = TimeDelta::Seconds(10);  // longer each time
  bool kept_ = false;                                 // the last fall left what fits
  TimeDelta kept_queue_;                              // the queue at that fall
  bool emptied_ = true;                               // the queue has gone since
  Timestamp drain_until_ = Timestamp::Never();
};

}  // namespace sluice
