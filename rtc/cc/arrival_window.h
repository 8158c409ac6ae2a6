// Which of one stream's numbered packets arrived, and what feedback has still to tell of: the part that transport-wide
// feedback and RFC 8888 share. An `Arrival` that is made by default stands for a packet that did not come.
//
// begin() to end() is what has not been told. A packet that comes late moves begin() back to its number, when it lies at
// most kMaxLate behind the highest.
// Bound: kWindow arrivals; when the numbers jump further than that, the older ones are forgotten.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc/base/ids.h"

namespace sluice {

template <typename Arrival, int64_t kWindow, int64_t kMaxLate>
class ArrivalWindow {
 public:
  static_assert(kMaxLate <= kWindow);

  ArrivalWindow() : arrivals_(kWindow) {}

  // Where to note that it came; what came before under that number stands there. nullptr: it is too late.
  Arrival* OnPacket(SeqNum number) {
    const bool first = !unwrapper_.started();
    const int64_t seq = unwrapper_.Unwrap(number).value();
    if (first) begin_ = end_ = seq;
    if (seq < end_ - kMaxLate) return nullptr;
    if (seq >= end_) {
      for (end_ = std::max(end_, seq - kWindow); end_ < seq; ++end_) Slot(end_) = Arrival();
      Slot(end_++) = Arrival();
      begin_ = std::max(begin_, end_ - kWindow);
    } else if (Slot(seq) == Arrival()) {
      begin_ = std::min(begin_, seq);
    }
    return &Slot(seq);
  }

  int64_t begin() const { return begin_; }
  int64_t end() const { return end_; }
  bool empty() const { return begin_ == end_; }
  const Arrival& At(int64_t seq) const { return arrivals_[static_cast<size_t>(seq % kWindow)]; }
  // All before `seq` has been told.
  void ToldUntil(int64_t seq) { begin_ = seq; }
  // As if nothing had ever come; the memory stays.
  void Reset() {
    unwrapper_.Reset();
    begin_ = end_ = 0;
    std::ranges::fill(arrivals_, Arrival());
  }

 private:
  Arrival& Slot(int64_t seq) { return arrivals_[static_cast<size_t>(seq % kWindow)]; }

  std::vector<Arrival> arrivals_;  // by number modulo kWindow
  SeqUnwrapper unwrapper_;
  int64_t begin_ = 0;
  int64_t end_ = 0;  // after the highest that came
};

}  // namespace sluice
