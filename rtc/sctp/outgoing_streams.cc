#include "rtc/sctp/outgoing_streams.h"

#include <algorithm>
#include <utility>

namespace sluice {

SctpSendResult OutgoingStreams::Push(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                                     const SctpReliability& reliability, Timestamp now) {
  if (payload.size() > config_.max_send_message_size) return SctpSendResult::kTooLarge;
  const uint64_t size = std::max<size_t>(payload.size(), 1);
  const uint64_t waiting = queued_ + unsent_;
  const uint64_t in_stream = BufferedAmount(stream_id);
  const uint64_t stream_limit = config_.per_stream_send_queue_limit;
  // A permitted message always fits where nothing waits.
  if (messages_ >= kMaxMessages || (waiting > 0 && waiting + size > config_.send_buffer_size) ||
      (stream_limit > 0 && in_stream > 0 && in_stream + size > stream_limit)) {
    return SctpSendResult::kBufferFull;
  }
  Stream& stream = streams_[stream_id];
  Message& message = stream.queue.emplace_back(Message{.ppid = ppid, .reliability = reliability});
  message.payload.assign(payload.begin(), payload.end());
  if (payload.empty()) message.payload.push_back(0);
  if (reliability.max_packet_life_time && !reliability.max_retransmits) {
    message.expires = now + TimeDelta::Millis(*reliability.max_packet_life_time);
  }
  stream.queued += static_cast<uint32_t>(size);
  queued_ += size;
  ++messages_;
  StandInLine(stream_id, stream);
  Changed(stream_id);
  return SctpSendResult::kQueued;
}

void OutgoingStreams::StandInLine(uint16_t stream_id, Stream& stream) {
  if (stream.in_turn || stream.blocked || stream.queue.empty()) return;
  stream.in_turn = true;
  turns_.push_back(stream_id);
}

void OutgoingStreams::PopFront(Stream& stream) {
  const auto size = static_cast<uint32_t>(stream.queue.front().payload.size());
  stream.queue.pop_front();
  stream.queued -= size;
  queued_ -= size;
  --messages_;
}

std::optional<uint16_t> OutgoingStreams::Next(Timestamp now) {
  while (!turns_.empty()) {
    const uint16_t stream_id = turns_.front();
    Stream& stream = streams_.at(stream_id);
    while (!stream.queue.empty() && stream.queue.front().expires < now) PopFront(stream);
    if (!stream.queue.empty() && !stream.blocked) return stream_id;
    turns_.pop_front();
    stream.in_turn = false;
    Changed(stream_id);
  }
  return std::nullopt;
}

void OutgoingStreams::Pop(uint16_t stream_id) {
  Stream& stream = streams_.at(stream_id);
  PopFront(stream);
  turns_.pop_front();
  stream.in_turn = false;
  StandInLine(stream_id, stream);
  Changed(stream_id);
}

void OutgoingStreams::Drop(uint16_t stream_id) {
  const auto it = streams_.find(stream_id);
  if (it == streams_.end()) return;
  while (!it->second.queue.empty()) PopFront(it->second);
  it->second.threshold.reset();
  it->second.was_above = false;  // whoever drops them knows
  Changed(stream_id);
}

void OutgoingStreams::Block(uint16_t stream_id) { streams_[stream_id].blocked = true; }

void OutgoingStreams::Unblock(uint16_t stream_id) {
  const auto it = streams_.find(stream_id);
  if (it == streams_.end() || !it->second.blocked) return;
  it->second.blocked = false;
  StandInLine(stream_id, it->second);
  Changed(stream_id);
}

void OutgoingStreams::UnblockAll() {
  std::vector<uint16_t> ids;
  for (const auto& [stream_id, stream] : streams_) {
    if (stream.blocked) ids.push_back(stream_id);
  }
  for (uint16_t stream_id : ids) Unblock(stream_id);
}

bool OutgoingStreams::blocked(uint16_t stream_id) const {
  const auto it = streams_.find(stream_id);
  return it != streams_.end() && it->second.blocked;
}

void OutgoingStreams::SetUnsent(uint16_t stream_id, uint32_t bytes) {
  if (bytes == 0 && !streams_.contains(stream_id)) return;
  Stream& stream = streams_[stream_id];
  unsent_ += bytes - stream.unsent;
  stream.unsent = bytes;
  if (bytes > 0) {
    with_unsent_.insert(stream_id);
  } else {
    with_unsent_.erase(stream_id);
  }
  Changed(stream_id);
}

uint32_t OutgoingStreams::BufferedAmount(uint16_t stream_id) const {
  const auto it = streams_.find(stream_id);
  return it == streams_.end() ? 0 : it->second.queued + it->second.unsent;
}

void OutgoingStreams::SetThreshold(uint16_t stream_id, uint32_t bytes) {
  streams_[stream_id].threshold = bytes;
  Changed(stream_id);
}

// Notes the crossing of the threshold, and forgets the stream when nothing is left to remember.
void OutgoingStreams::Changed(uint16_t stream_id) {
  const auto it = streams_.find(stream_id);
  Stream& stream = it->second;
  const uint32_t amount = stream.queued + stream.unsent;
  if (amount > ThresholdOf(stream)) {
    stream.was_above = true;
  } else if (std::exchange(stream.was_above, false)) {
    low_.push_back({.stream_id = stream_id, .buffered_amount = amount});
  }
  if (amount == 0 && !stream.threshold && !stream.in_turn && !stream.blocked) streams_.erase(it);
}

std::vector<SctpBufferedAmountLow> OutgoingStreams::TakeLow() { return std::exchange(low_, {}); }

}  // namespace sluice
