// The numbers of RTP as types that do not mix: an SSRC is no payload type, and a wrapping sequence number has no order.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace sluice {

template <class Tag, class Rep>
class StrongId {
 public:
  using rep = Rep;
  constexpr StrongId() = default;
  explicit constexpr StrongId(Rep v) : value_(v) {}
  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

  template <class H>
  friend H AbslHashValue(H h, StrongId id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  Rep value_ = 0;
};

using Ssrc = StrongId<struct SsrcTag, uint32_t>;
using PayloadType = StrongId<struct PayloadTypeTag, uint8_t>;  // 0-127

// RTP sequence number as it stands in the packet: 16 bits that wrap. It has a distance but no order.
class SeqNum {
 public:
  constexpr SeqNum() = default;
  explicit constexpr SeqNum(uint16_t v) : value_(v) {}
  constexpr uint16_t value() const { return value_; }
  constexpr bool operator==(const SeqNum&) const = default;
  constexpr SeqNum operator+(int d) const { return SeqNum(static_cast<uint16_t>(value_ + d)); }

  // Shortest signed way from `from` to this, -32768..32767.
  constexpr int DistanceFrom(SeqNum from) const { return static_cast<int16_t>(value_ - from.value_); }

 private:
  uint16_t value_ = 0;
};

// Unwrapped sequence number: ordered, never wraps. Its low 16 bits are the SeqNum.
class ExtSeqNum {
 public:
  constexpr ExtSeqNum() = default;
  explicit constexpr ExtSeqNum(int64_t v) : value_(v) {}
  constexpr int64_t value() const { return value_; }
  constexpr SeqNum seq() const { return SeqNum(static_cast<uint16_t>(value_)); }
  constexpr auto operator<=>(const ExtSeqNum&) const = default;
  constexpr ExtSeqNum operator+(int64_t d) const { return ExtSeqNum(value_ + d); }
  constexpr int64_t operator-(ExtSeqNum o) const { return value_ - o.value_; }

 private:
  int64_t value_ = 0;
};

// Unwraps a sequence relative to the highest number seen so far. The first number keeps its value, in the first cycle
// (65536..131071), so that a packet from just before it is still positive.
class SeqUnwrapper {
 public:
  // What `seq` would unwrap to; changes nothing.
  constexpr ExtSeqNum Peek(SeqNum seq) const {
    if (!started_) return ExtSeqNum(65536 + seq.value());
    return highest_ + seq.DistanceFrom(highest_.seq());
  }
  constexpr ExtSeqNum Unwrap(SeqNum seq) {
    ExtSeqNum ext = Peek(seq);
    if (!started_ || ext > highest_) highest_ = ext;
    started_ = true;
    return ext;
  }
  constexpr bool started() const { return started_; }
  constexpr ExtSeqNum highest() const { return highest_; }
  constexpr void Reset() { *this = SeqUnwrapper(); }

 private:
  ExtSeqNum highest_;
  bool started_ = false;
};

}  // namespace sluice
