// Reads and writes RTCP datagrams: one or more blocks back to back, compound or reduced-size (RFC 5506).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "rtc/base/bytes.h"
#include "rtc/rtcp/block.h"
#include "rtc/rtcp/bye.h"
#include "rtc/rtcp/congestion_feedback.h"
#include "rtc/rtcp/extended_report.h"
#include "rtc/rtcp/fir.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/pli.h"
#include "rtc/rtcp/receiver_report.h"
#include "rtc/rtcp/remb.h"
#include "rtc/rtcp/sender_report.h"
#include "rtc/rtcp/source_description.h"
#include "rtc/rtcp/transport_feedback.h"

namespace sluice::rtcp {

// Why the reading of a datagram stopped before its end.
enum class ReadError : uint8_t { kNone, kTooShort, kBadVersion, kBadLength, kBadPadding };

// Cuts a datagram into blocks. A block whose frame is wrong ends the walk, for what follows cannot be found.
class BlockWalk {
 public:
  explicit BlockWalk(std::span<const uint8_t> datagram) : rest_(datagram) {}

  std::optional<Block> Next();
  // Why Next() gave nothing; kNone at the regular end.
  ReadError error() const { return error_; }

 private:
  std::span<const uint8_t> rest_;
  ReadError error_ = ReadError::kNone;
};

struct ReadResult {
  ReadError error = ReadError::kNone;
  uint16_t understood = 0;  // blocks of a known type that were well formed
  uint16_t unknown = 0;     // blocks of another type or format: skipped
  uint16_t malformed = 0;   // blocks of a known type, wrong inside: skipped
};

// Calls `visitor(const T&)` for every well-formed block, in order; T is one of the types included above. A type that
// the visitor does not accept is parsed and passed over. Views inside T are valid during the call only.
//
//   ReadCompound(datagram, Overloaded{[&](const rtcp::Nack& nack) { ... }, [&](const rtcp::Pli& pli) { ... }});
template <class Visitor>
ReadResult ReadCompound(std::span<const uint8_t> datagram, Visitor&& visitor);

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// Puts blocks into one datagram. Add writes a whole block or nothing.
class CompoundWriter {
 public:
  explicit CompoundWriter(std::span<uint8_t> out) : out_(out) {}

  // False when the block does not fit any more.
  template <class T>
  bool Add(const T& block) {
    const size_t size = block.WireSize();
    if (size > out_.left()) return false;
    block.Write(out_);
    return out_.ok();
  }

  bool empty() const { return out_.size() == 0; }
  size_t size() const { return out_.size(); }
  size_t left() const { return out_.left(); }
  std::span<uint8_t> written() const { return out_.written(); }

 private:
  ByteWriter out_;
};

namespace internal {

template <class T, class Visitor>
void Deliver(const Block& block, Visitor& visitor, ReadResult& result) {
  const std::optional<T> parsed = T::Parse(block);
  if (!parsed) {
    ++result.malformed;
    return;
  }
  ++result.understood;
  if constexpr (requires { visitor(*parsed); }) visitor(*parsed);
}

bool IsRemb(const Block& block);

template <class Visitor>
void DeliverFeedback(const Block& block, Visitor& visitor, ReadResult& result) {
  if (block.type == PacketType::kTransportFeedback) {
    switch (static_cast<TransportFeedbackFormat>(block.count)) {
      case TransportFeedbackFormat::kNack:
        return Deliver<Nack>(block, visitor, result);
      case TransportFeedbackFormat::kCongestion:
        return Deliver<CongestionFeedback>(block, visitor, result);
      case TransportFeedbackFormat::kTransportWide:
        return Deliver<TransportFeedback>(block, visitor, result);
    }
  } else {
    switch (static_cast<PayloadFeedbackFormat>(block.count)) {
      case PayloadFeedbackFormat::kPli:
        return Deliver<Pli>(block, visitor, result);
      case PayloadFeedbackFormat::kFir:
        return Deliver<Fir>(block, visitor, result);
      case PayloadFeedbackFormat::kApplication:
        if (IsRemb(block)) return Deliver<Remb>(block, visitor, result);
        break;
    }
  }
  ++result.unknown;
}

}  // namespace internal

template <class Visitor>
ReadResult ReadCompound(std::span<const uint8_t> datagram, Visitor&& visitor) {
  ReadResult result;
  BlockWalk walk(datagram);
  while (const std::optional<Block> block = walk.Next()) {
    switch (block->type) {
      case PacketType::kSenderReport:
        internal::Deliver<SenderReport>(*block, visitor, result);
        break;
      case PacketType::kReceiverReport:
        internal::Deliver<ReceiverReport>(*block, visitor, result);
        break;
      case PacketType::kSourceDescription:
        internal::Deliver<SourceDescription>(*block, visitor, result);
        break;
      case PacketType::kBye:
        internal::Deliver<Bye>(*block, visitor, result);
        break;
      case PacketType::kExtendedReport:
        internal::Deliver<ExtendedReport>(*block, visitor, result);
        break;
      case PacketType::kTransportFeedback:
      case PacketType::kPayloadFeedback:
        internal::DeliverFeedback(*block, visitor, result);
        break;
      default:
        ++result.unknown;
    }
  }
  result.error = walk.error();
  return result;
}

}  // namespace sluice::rtcp
