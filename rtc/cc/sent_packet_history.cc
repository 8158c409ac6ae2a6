#include "rtc/cc/sent_packet_history.h"

#include <algorithm>
#include <cstdlib>

namespace sluice {
namespace {

constexpr size_t IndexOf(int64_t number) { return static_cast<size_t>(number) & (SentPacketHistory::kHistory - 1); }
static_assert((SentPacketHistory::kHistory & (SentPacketHistory::kHistory - 1)) == 0);
// Larger packets do not exist; more audio between two packets of video neither.
constexpr int64_t kMaxSize = UINT16_MAX;
constexpr int64_t kMaxUnnumbered = 1 << 20;

}  // namespace

SentPacket SentPacketHistory::OnSent(SeqNum transport_seq, size_t size, uint16_t probe, Timestamp now) {
  if (history_.empty()) {
    history_.resize(kHistory);
    report_.reserve(kMaxReport);
  }
  const int64_t number = unwrapper_.Unwrap(transport_seq).value();
  Sent& sent = history_[IndexOf(number)];
  Forget(sent, State::kUnknown);
  sent = {.number = number,
          .sent_us = now.us(),
          .unnumbered = static_cast<uint32_t>(unnumbered_.bytes()),
          .size = static_cast<uint16_t>(std::min(static_cast<int64_t>(size) + kPacketOverhead.bytes(), kMaxSize)),
          .probe = probe,
          .state = State::kInFlight};
  const SentPacket packet{.sent = now, .size = DataSize::Bytes(sent.size), .unnumbered = unnumbered_, .probe = probe};
  in_flight_ += packet.total();
  unnumbered_ = DataSize::Zero();
  if (oldest_in_flight_ == 0) oldest_in_flight_ = number;
  return packet;
}

void SentPacketHistory::OnSentUnnumbered(size_t size) {
  const DataSize more = DataSize::Bytes(static_cast<int64_t>(size)) + kPacketOverhead;
  unnumbered_ = std::min(unnumbered_ + more, DataSize::Bytes(kMaxUnnumbered));
}

SentPacketHistory::Sent* SentPacketHistory::Find(SeqNum seq) {
  if (history_.empty()) return nullptr;
  const int64_t number = unwrapper_.Peek(seq).value();
  Sent& sent = history_[IndexOf(number)];
  return sent.number == number && sent.state != State::kUnknown ? &sent : nullptr;
}

// Whatever becomes of it, it is no longer in flight.
void SentPacketHistory::Forget(Sent& sent, State state) {
  if (sent.state == State::kInFlight) in_flight_ -= DataSize::Bytes(int64_t{sent.size} + sent.unnumbered);
  sent.state = state;
}

// When the message's arrivals count from; nullopt if it cannot be compared with the messages before.
std::optional<Timestamp> SentPacketHistory::ReferenceOf(const rtcp::TransportFeedback& feedback) {
  const int64_t max_step = kLargestStep.us() / rtcp::TransportFeedback::kReferenceUnit.us();
  bool comparable = true;
  int64_t unwrapped = feedback.reference_time;
  if (reference_) {
    const auto step = static_cast<uint32_t>(feedback.reference_time - *reference_) << 8;
    unwrapped = *reference_ + (static_cast<int32_t>(step) >> 8);
    comparable = std::abs(unwrapped - *reference_) <= max_step;
  }
  reference_ = unwrapped;
  if (!comparable) return std::nullopt;
  return Timestamp::Micros(0) + rtcp::TransportFeedback::kReferenceUnit * unwrapped;
}

FeedbackReport SentPacketHistory::OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now) {
  report_.clear();
  const std::optional<Timestamp> reference = ReferenceOf(feedback);
  for (const rtcp::TransportFeedback::Packet& told : feedback.packets) {
    if (report_.size() >= kMaxReport) break;
    Sent* sent = Find(told.seq);
    if (!sent || sent->state == State::kArrived) continue;
    const bool was_lost = sent->state == State::kLost;
    if (!told.arrival && was_lost) continue;
    Forget(*sent, told.arrival ? State::kArrived : State::kLost);
    highest_told_ = std::max(highest_told_, sent->number);
    if (told.arrival && !reference) continue;
    report_.push_back({.packet = {.sent = Timestamp::Micros(sent->sent_us),
                                  .size = DataSize::Bytes(sent->size),
                                  .unnumbered = DataSize::Bytes(sent->unnumbered),
                                  .probe = sent->probe},
                       .arrival = told.arrival ? *reference + *told.arrival : Timestamp::Infinite(),
                       .was_lost = was_lost});
    if (told.arrival) feedback_rtt_ = now - report_.back().packet.sent;
  }
  ForgetUntil(highest_told_ - kForget, now);
  return {.received = now, .in_flight = in_flight_, .packets = report_};
}

void SentPacketHistory::ForgetUntil(int64_t number, Timestamp now) {
  if (history_.empty()) return;
  const int64_t end = unwrapper_.highest().value();
  for (oldest_in_flight_ = std::max(oldest_in_flight_, end - kHistory + 1); oldest_in_flight_ <= end;
       ++oldest_in_flight_) {
    Sent& sent = history_[IndexOf(oldest_in_flight_)];
    if (sent.state != State::kInFlight || sent.number != oldest_in_flight_) continue;
    const bool old = sent.number < highest_told_ && now.us() - sent.sent_us > kFlightLife.us();
    if (!old && sent.number >= number) break;
    Forget(sent, State::kForgotten);
  }
}

}  // namespace sluice
