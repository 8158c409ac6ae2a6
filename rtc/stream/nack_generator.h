// Which packets of one incoming stream to ask for again. A number that was passed over is asked for at once; until it
// comes it is asked for again, at most kMaxTries times, spaced by the round trip time and never closer than kInterval.
// When that did not help, or more than kMaxMissing are missing, it is given up and a key frame is wanted instead (the
// caller of an audio stream ignores that).
//
// The caller gives every usable packet, and calls OnTimer() when deadline() has come. Numbers are appended to the
// caller's list, ascending. No heap memory once the list has grown to what the stream needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace sluice {

class NackGenerator {
 public:
  static constexpr size_t kMaxMissing = 1000;
  static constexpr int kMaxTries = 10;
  static constexpr TimeDelta kInterval = TimeDelta::Millis(40);
  static constexpr TimeDelta kInitialRtt = TimeDelta::Millis(100);

  // True when the loss can no longer be repaired: ask for a key frame.
  bool OnPacket(ExtSeqNum seq, bool key_frame, Timestamp now, std::vector<SeqNum>& ask);
  bool OnTimer(Timestamp now, std::vector<SeqNum>& ask);
  // Infinite while nothing is missing.
  Timestamp deadline() const { return missing_.empty() ? Timestamp::Infinite() : next_timer_; }

  void SetRtt(TimeDelta rtt) { rtt_ = rtt; }
  // The sender began anew, or the stream was paused: forget everything.
  void Reset();

  size_t missing() const { return missing_.size(); }

 private:
  struct Missing {
    ExtSeqNum seq;
    Timestamp asked;
    int tries = 0;
  };

  bool AddMissing(ExtSeqNum from, ExtSeqNum to, Timestamp now, std::vector<SeqNum>& ask);
  void Remove(ExtSeqNum seq);
  void ForgetBefore(ExtSeqNum seq);

  std::vector<Missing> missing_;  // ascending
  ExtSeqNum highest_;
  ExtSeqNum last_key_frame_;  // the newest; what is missing before it is given up first
  bool started_ = false;
  bool has_key_frame_ = false;
  TimeDelta rtt_ = kInitialRtt;
  Timestamp next_timer_ = Timestamp::Infinite();
};

}  // namespace sluice
