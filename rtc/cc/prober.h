// When to send more for a moment, to see whether it gets through, and what came of it.
//
//   start    kFirst and kSecond times the start; while all of it gets through, twice as much again
//   next     what the next step up needs, when it is wanted and the sources send less than they may: the rate cannot grow
//            by itself then. Once it got through, the step after it at once. Again after kInterval, longer each time it
//            does not get through; and on a line that was found full a little beyond what it carried is enough to ask
//            whether it carries more by now, without filling its queue each time. Such a line is believed when it said so
//            twice: a receiver that was held up for a moment, and then reads all at once, looks as if it carried anything
//   recover  a while after a fall, what was had before it
//
// What a probe tells: the bit rate at which its packets came, with all that left among them. If they came as fast as they
// left the line carries that much, else no more than they came with. One at a time; none while the queue is long.
//
// Bounds: a probe lasts kDuration (at least kPackets), they are kLeastGap apart.
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/cc/line_fit.h"
#include "rtc/cc/network_messages.h"

namespace sluice {

class Prober {
 public:
  static constexpr double kFirst = 3;
  static constexpr double kSecond = 6;
  static constexpr TimeDelta kDuration = TimeDelta::Millis(80);
  static constexpr int kPackets = 8;
  static constexpr TimeDelta kLeastGap = TimeDelta::Millis(200);
  static constexpr TimeDelta kInterval = TimeDelta::Seconds(2);
  static constexpr TimeDelta kMaxInterval = TimeDelta::Seconds(5);
  // After a step up that did not last.
  static constexpr TimeDelta kAttemptInterval = TimeDelta::Seconds(15);
  static constexpr TimeDelta kMaxAttemptInterval = TimeDelta::Seconds(60);
  static constexpr TimeDelta kTimeout = TimeDelta::Seconds(1);

  struct Cluster {
    uint16_t id = 0;
    DataRate rate;
    DataSize size;
    int packets = 0;
  };
  struct State {
    DataRate target;
    DataRate allocated;
    DataRate next;
    DataRate max;
    bool calm = false;       // the queue is short
    bool key_frame = false;  // a layer has just begun
    bool layers = false;     // what is sent stays as it is until another layer is chosen
  };
  struct Result {
    DataRate rate;
    bool full = false;  // it came slower than it left
    bool start = false;
  };

  void SetStart(DataRate start);
  // The rate fell from `before`.
  void OnFall(DataRate before, DataRate after, Timestamp now);
  // The last fall was none.
  void OnFalseAlarm();
  std::optional<Cluster> Take(const State& state, Timestamp now);

  void OnSent(const SentPacket& packet);
  // Results of any packets; one is returned when a probe is known.
  std::optional<Result> OnFeedback(const FeedbackReport& report);
  uint32_t count() const { return count_; }

 private:
  enum class Reason : uint8_t { kStart, kNext, kRecover };
  struct Flight {
    uint16_t id = 0;
    DataRate rate;
    DataRate next;  // the step that was wanted
    Reason reason = Reason::kStart;
    int packets = 0;  // asked for
    int sent = 0;
    int told = 0;
    Timestamp begin;  // when it was taken
    Timestamp first_sent, last_sent;
    DataSize leaving, left;  // since first_sent, of the probe or not: all; before last_sent
    int64_t first_delay_us = 0;
    LineFit delays;  // by send times; ms both
  };

  struct Plan {
    Timestamp next_allowed = Timestamp::Never();
    TimeDelta attempt_interval = kAttemptInterval;
    Timestamp last_success = Timestamp::Never();
    DataRate recover = DataRate::Zero();
    Timestamp recover_at = Timestamp::Infinite();
  };

  std::optional<DataRate> Wanted(const State& state, Timestamp now, Reason& reason);
  bool IsNextAtOnce(const State& state, Timestamp now) const;
  void Count(const PacketResult& result);
  std::optional<Result> Judge();

  DataRate start_ = DataRate::Zero();
  DataRate second_ = DataRate::Zero();
  DataRate again_ = DataRate::Zero();  // of the start, after a result
  std::optional<Flight> flight_;
  Timestamp last_taken_ = Timestamp::Never();
  DataRate full_ = DataRate::Zero();     // what the last probe was carried with, if that was less than it wanted
  bool more_than_full_ = false;          // and then one got through that wanted more than that
  DataRate stepped_ = DataRate::Zero();  // a probe for that next step got through: the one after it is due at once
  Timestamp limited_since_ = Timestamp::Never();
  TimeDelta interval_ = kInterval;
  Plan plan_;
  Plan before_fall_;
  uint16_t next_id_ = 1;
  uint32_t count_ = 0;
};

}  // namespace sluice
