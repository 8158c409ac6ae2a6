// The messages of one association that wait to be handed to usrsctp: a queue for each stream that has some, served in
// turn, one message at a time. It applies the limits, drops what has become too old, and counts the bytes that wait.
//
// Bounds: the bytes of SctpConfig, and kMaxMessages for the small ones. Streams without anything to remember are
// forgotten.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/sctp/sctp_association.h"

namespace sluice {

class OutgoingStreams {
 public:
  static constexpr size_t kMaxMessages = 65'536;  // that wait, of all streams together

  struct Message {
    uint32_t ppid = 0;
    std::vector<uint8_t> payload;
    SctpReliability reliability;
    Timestamp expires = Timestamp::Infinite();
  };

  explicit OutgoingStreams(const SctpConfig& config) : config_(config) {}

  // Takes the message whole or not at all. An empty one becomes one zero byte, for SCTP has no empty messages.
  SctpSendResult Push(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                      const SctpReliability& reliability, Timestamp now);
  // The stream whose turn it is and that may send; what has expired is dropped on the way.
  std::optional<uint16_t> Next(Timestamp now);
  // Of the stream that Next() named. Its turn is over.
  const Message& front(uint16_t stream_id) const { return streams_.at(stream_id).queue.front(); }
  void Pop(uint16_t stream_id);

  // What waits in the stream is dropped. It may send again after Unblock().
  void Drop(uint16_t stream_id);
  void Block(uint16_t stream_id);
  void Unblock(uint16_t stream_id);
  void UnblockAll();
  bool blocked(uint16_t stream_id) const;

  // Bytes that were handed over but not sent; they count as waiting.
  void SetUnsent(uint16_t stream_id, uint32_t bytes);
  // The streams of which it was last said that they have some.
  std::vector<uint16_t> WithUnsent() const { return {with_unsent_.begin(), with_unsent_.end()}; }
  uint32_t unsent() const { return unsent_; }

  uint32_t BufferedAmount(uint16_t stream_id) const;
  void SetThreshold(uint16_t stream_id, uint32_t bytes);
  // Streams that fell to their threshold since the last call.
  std::vector<SctpBufferedAmountLow> TakeLow();

 private:
  struct Stream {
    std::deque<Message> queue;
    uint32_t queued = 0;  // bytes
    uint32_t unsent = 0;
    std::optional<uint32_t> threshold;
    bool was_above = false;
    bool in_turn = false;  // stands in turns_
    bool blocked = false;
  };
  uint32_t ThresholdOf(const Stream& stream) const {
    return stream.threshold.value_or(config_.buffered_amount_low_threshold);
  }
  void PopFront(Stream& stream);
  void Changed(uint16_t stream_id);
  void StandInLine(uint16_t stream_id, Stream& stream);

  const SctpConfig config_;
  std::map<uint16_t, Stream> streams_;
  std::set<uint16_t> with_unsent_;
  std::deque<uint16_t> turns_;  // ids of streams that have messages and are not blocked
  uint64_t queued_ = 0;         // bytes, of all streams
  size_t messages_ = 0;
  uint32_t unsent_ = 0;
  std::vector<SctpBufferedAmountLow> low_;
};

}  // namespace sluice
