// How much one peer may send, told it by REMB (draft-alvestrand-rmcat-remb-03): for peers that send no transport-wide
// numbers, and so cannot find out by themselves. Estimated from when packets arrive: the growth of their delay against
// when they say that they left (abs-send-time; else the RTP timestamps of one stream), and the incoming rate. Below it
// all lies a configured maximum, which holds with or without an estimate.
//
//   the queue grows  -> a share of what arrives, told at once
//   it does not      -> grows, at most to RateController's headroom over what arrives: who has more finds out step by step
//   otherwise        -> repeated every kInterval, for a REMB can be lost
//
// Nothing is told until kWarmUp of packets have come. When they stop, the last value is told for kSilence more; then it is
// forgotten, for it was of another time, and what comes later is estimated anew.
//
// Rates are of RTP packets, as senders count them. Bounds: fixed size; one stream's timestamps are followed at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/cc/acked_bitrate.h"
#include "rtc/cc/delay_estimator.h"
#include "rtc/cc/rate_controller.h"
#include "rtc/rtp/header_extension_values.h"

namespace sluice {

class RembEstimator {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Seconds(1);
  // A fall is told at once, but not more often than so.
  static constexpr TimeDelta kLeastInterval = TimeDelta::Millis(100);
  static constexpr TimeDelta kWarmUp = TimeDelta::Millis(500);
  static constexpr TimeDelta kSilence = TimeDelta::Seconds(5);
  static constexpr DataRate kFloor = DataRate::KilobitsPerSec(50);
  // Said once when nothing limits any more: more than any sender of ours needs.
  static constexpr DataRate kUnlimited = DataRate::KilobitsPerSec(100'000);

  struct Packet {
    Ssrc ssrc;
    uint32_t timestamp = 0;
    uint32_t clock_rate = 90'000;  // Hz, not 0
    std::optional<rtp::AbsSendTime> sent;
    size_t size = 0;  // of the whole RTP packet
    Timestamp arrival;
  };

  // Zero: no maximum.
  void SetMaximum(DataRate maximum);
  // To be told of every packet while an estimate is wanted, and of none otherwise.
  void OnPacket(const Packet& packet);
  // No estimate is wanted any more.
  void StopEstimating();

  // Infinite while nothing is to be told.
  Timestamp deadline() const { return deadline_; }
  // The value to send now, if one is due.
  std::optional<DataRate> Due(Timestamp now);

  std::optional<DataRate> estimate() const;

 private:
  // Unwraps a clock of the sender's; begins anew when its source changes.
  struct SendClock {
    std::optional<Ssrc> ssrc;  // of the timestamps; none: abs-send-time
    bool by_extension = false;
    uint32_t last = 0;
    Timestamp at;
  };
  static constexpr TimeDelta kUpdate = TimeDelta::Millis(50);
  static constexpr TimeDelta kResponse = TimeDelta::Millis(300);

  std::optional<Timestamp> SendTimeOf(const Packet& packet);
  void Update(Timestamp now);
  std::optional<DataRate> Limit(Timestamp now) const;
  void Restart();

  DataRate maximum_ = DataRate::Zero();
  Timestamp deadline_ = Timestamp::Infinite();
  bool lifted_ = false;  // nothing limits any more, and the peer is to be told
  std::optional<DataRate> told_;
  Timestamp told_at_ = Timestamp::Never();

  SendClock clock_;
  DelayEstimator delay_;
  AckedBitrate incoming_;
  std::optional<RateController> rate_;  // once warm
  Timestamp first_ = Timestamp::Never();
  Timestamp last_ = Timestamp::Never();
  Timestamp last_update_ = Timestamp::Never();
};

}  // namespace sluice
