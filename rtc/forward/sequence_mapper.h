// Sequence numbers of one outgoing stream: one continuous space over all the sources that the stream is switched
// through. What is dropped on purpose leaves no gap (the receiver would ask for it again), what was lost on the way in
// does (the receiver shall ask). Which output a NACK means is not answered here: stream::RetransmissionPlan knows.
//
// Outgoing numbers are unwrapped and start below 0x8000 (RFC 3711 3.3.1: a receiver that misses the first packets must
// not guess a wrong roll-over counter), so their value is the SRTP packet index. No two packets get the same one.
#pragma once

#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/rng.h"
#include "rtc/forward/gap_closing_map.h"

namespace sluice {

class SequenceMapper {
 public:
  // A random first number for a new outgoing SSRC: 0..0x7fff.
  static ExtSeqNum FirstNumber(Rng& rng) { return ExtSeqNum(rng.Between(0, 0x7fff)); }

  // `first` is FirstNumber(), or for an SSRC that is used again next() of the mapper before.
  explicit SequenceMapper(ExtSeqNum first) : map_(first.value()) {}

  // The outgoing number of `in`, or nullopt: do not send (from before the switch, dropped, or far too late).
  std::optional<ExtSeqNum> Map(ExtSeqNum in) {
    auto out = map_.Map(in.value());
    return out ? std::optional(ExtSeqNum(*out)) : std::nullopt;
  }
  // `in` is not forwarded on purpose. When a place was kept for it, since it came late, that is returned: the receiver
  // will ask for it until something fills it.
  std::optional<ExtSeqNum> Drop(ExtSeqNum in) {
    auto place = map_.Drop(in.value());
    return place ? std::optional(ExtSeqNum(*place)) : std::nullopt;
  }
  // The next packet is the first of another source (or of a source that started anew).
  void SwitchSource() { map_.SwitchSource(); }

  // The number after the highest given out.
  ExtSeqNum next() const { return ExtSeqNum(map_.next_out()); }

 private:
  GapClosingMap map_;
};

}  // namespace sluice
