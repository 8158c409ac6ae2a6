// When to ask a sender for a key frame: at once for the first wish, then at most once per interval however many wish;
// a request that no key frame answers is repeated with growing pauses and finally given up, until somebody wishes
// again. The wishes of an interval are kept: one request is made for them when it ends. Times are the caller's.
#pragma once

#include <algorithm>

#include "rtc/base/units.h"

namespace sluice {

class KeyFrameRequester {
 public:
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(500);
  static constexpr TimeDelta kFirstRetry = TimeDelta::Millis(1000);
  static constexpr int kMaxRetries = 5;

  // `min_interval` of zero means kMinInterval.
  explicit KeyFrameRequester(TimeDelta min_interval)
      : min_interval_(min_interval > TimeDelta::Zero() ? min_interval : kMinInterval) {}

  // Somebody wants a key frame. True: ask now. False: asked recently, it will be asked for again when due.
  bool Wish(Timestamp now) {
    if (!last_sent_.IsNever() && now - last_sent_ < min_interval_) {
      if (!waiting_) wished_again_ = true;  // after its answer: a new need
      return false;
    }
    retries_ = 0;
    Sent(now);
    return true;
  }
  void OnKeyFrame() {
    waiting_ = false;
    wished_again_ = false;
  }
  // True: ask now.
  bool OnTimer(Timestamp now) {
    if (now < NextDeadline()) return false;
    if (waiting_ && ++retries_ > kMaxRetries) {
      waiting_ = false;
      return false;
    }
    Sent(now);
    return true;
  }
  Timestamp NextDeadline() const {
    if (waiting_) return last_sent_ + std::max(min_interval_, kFirstRetry * (int64_t{1} << retries_));
    return wished_again_ ? last_sent_ + min_interval_ : Timestamp::Infinite();
  }

 private:
  void Sent(Timestamp now) {
    last_sent_ = now;
    waiting_ = true;
    wished_again_ = false;
  }

  TimeDelta min_interval_;
  Timestamp last_sent_;
  bool waiting_ = false;       // asked, no key frame yet
  bool wished_again_ = false;  // wished within the interval, after the last request was answered
  int retries_ = 0;
};

}  // namespace sluice
