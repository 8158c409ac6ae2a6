// When to ask a sender for a key frame: at once for the first wish, then at most once per interval however many wish. A
// request that no key frame answers is repeated with growing pauses: a few times even if nobody wishes any more, and for
// as long as somebody does. A new wish makes the pauses short again; that one goes on wishing does not. A wish that comes soon after a key frame is kept, and asked for when the interval ends.
// Times are the caller's.
#pragma once

#include <algorithm>

#include "rtc/base/units.h"

namespace sluice {

class KeyFrameRequester {
 public:
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(500);
  static constexpr TimeDelta kFirstRetry = TimeDelta::Millis(500);  // doubled with each
  static constexpr int kMaxRetries = 5;                             // without a wish; the pause grows no more then

  // `min_interval` of zero means kMinInterval.
  explicit KeyFrameRequester(TimeDelta min_interval)
      : min_interval_(min_interval > TimeDelta::Zero() ? min_interval : kMinInterval) {}

  enum class Kind : uint8_t { kNew, kStill };  // kStill: of one who wished before
  // Somebody wants a key frame. True: ask now. False: asked recently, it will be asked for again when due.
  bool Wish(Kind kind, Timestamp now) {
    wished_again_ = true;
    if ((waiting_ && kind == Kind::kStill) || (!last_sent_.IsNever() && now - last_sent_ < min_interval_)) return false;
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
    if (!waiting_) {
      retries_ = 0;
    } else if (retries_ == kMaxRetries && !wished_again_) {
      waiting_ = false;
      return false;
    } else {
      retries_ = std::min(retries_ + 1, kMaxRetries);
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
  bool wished_again_ = false;  // since the last request, and not answered
  int retries_ = 0;
};

}  // namespace sluice
