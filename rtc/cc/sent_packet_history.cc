#include "rtc/cc/sent_packet_history.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sluice {
namespace {

constexpr size_t IndexOf(int64_t number) { return static_cast<size_t>(number) & (SentPacketHistory::kHistory - 1); }
static_assert((SentPacketHistory::kHistory & (SentPacketHistory::kHistory - 1)) == 0);
// Larger packets do not exist.
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
  const DataSize unnumbered = TakeUnnumbered(now);
  sent = {.number = number,
          .sent_us = now.us(),
          .unnumbered = static_cast<uint32_t>(unnumbered.bytes()),
          .size = static_cast<uint16_t>(std::min(static_cast<int64_t>(size) + kPacketOverhead.bytes(), kMaxSize)),
          .probe = probe,
          .state = State::kInFlight};
  const SentPacket packet{.sent = now, .size = DataSize::Bytes(sent.size), .unnumbered = unnumbered, .probe = probe};
  in_flight_ += packet.total();
  if (oldest_in_flight_ == 0) oldest_in_flight_ = number;
  return packet;
}

DataSize SentPacketHistory::TakeUnnumbered(Timestamp now) {
  const DataSize taken = std::exchange(unnumbered_, DataSize::Zero());
  if (taken == DataSize::Zero() || now - unnumbered_since_ <= kFaresAlike) return taken;
  return taken / (now - unnumbered_since_) * kFaresAlike;
}

void SentPacketHistory::OnSentUnnumbered(size_t size, Timestamp now) {
  if (unnumbered_ == DataSize::Zero()) unnumbered_since_ = now;
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

// What was told of one packet: whether it came, and when, if that is known.
void SentPacketHistory::Tell(SeqNum seq, bool came, std::optional<Timestamp> arrival) {
  if (report_.size() >= kMaxReport) return;
  Sent* sent = Find(seq);
  if (!sent || sent->state == State::kArrived) return;
  const bool was_lost = sent->state == State::kLost;
  if (!came && was_lost) return;
  Forget(*sent, came ? State::kArrived : State::kLost);
  highest_told_ = std::max(highest_told_, sent->number);
  if (came && !arrival) return;
  report_.push_back({.packet = {.sent = Timestamp::Micros(sent->sent_us),
                                .size = DataSize::Bytes(sent->size),
                                .unnumbered = DataSize::Bytes(sent->unnumbered),
                                .probe = sent->probe},
                     .arrival = arrival.value_or(Timestamp::Infinite()),
                     .was_lost = was_lost});
}

const PacketResult* SentPacketHistory::LastArrived() const {
  const auto last = std::find_if(report_.rbegin(), report_.rend(), [](const auto& result) { return !result.lost(); });
  return last == report_.rend() ? nullptr : &*last;
}

FeedbackReport SentPacketHistory::Report(Timestamp now) {
  ForgetUntil(highest_told_ - kForget, now);
  return {.received = now, .in_flight = in_flight_, .packets = report_};
}

FeedbackReport SentPacketHistory::OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now) {
  report_.clear();
  const std::optional<Timestamp> reference = ReferenceOf(feedback);
  for (const rtcp::TransportFeedback::Packet& told : feedback.packets) {
    const bool came = told.arrival.has_value();
    Tell(told.seq, came, came && reference ? std::optional(*reference + *told.arrival) : std::nullopt);
  }
  if (const PacketResult* last = LastArrived()) feedback_rtt_ = now - last->packet.sent;
  return Report(now);
}

// When the report was made, on the receiver's clock; nullopt if it cannot be compared with the reports before.
std::optional<Timestamp> SentPacketHistory::TimeOf(const rtcp::CongestionFeedback& feedback) {
  const bool first = !report_clock_;
  if (first) report_clock_ = {.value = feedback.timestamp, .at = Timestamp::Seconds(100)};  // before it packets came
  const auto step = static_cast<int32_t>(feedback.timestamp - report_clock_->value);
  const TimeDelta time = TimeDelta::Micros(int64_t{step} * 1'000'000 / 65'536);
  const bool comparable = time <= kLargestStep && time >= -kLargestStep;
  const Timestamp at = report_clock_->at + time;
  if (step > 0 || !comparable) report_clock_ = {.value = feedback.timestamp, .at = at};
  return comparable ? std::optional(at) : std::nullopt;
}

FeedbackReport SentPacketHistory::OnFeedback(const rtcp::CongestionFeedback& feedback, const StreamNumbers& numbers,
                                             Timestamp now) {
  report_.clear();
  const std::optional<Timestamp> made = TimeOf(feedback);
  for (const rtcp::CongestionFeedback::Stream& stream : feedback.streams) {
    SeqNum seq = stream.begin;
    for (const rtcp::CongestionFeedback::Packet& told : stream.packets) {
      const auto before = told.BeforeReport();
      if (const auto number = numbers.Find(stream.ssrc, seq)) {
        Tell(*number, told.received, made && before ? std::optional(*made - *before) : std::nullopt);
      }
      seq = seq + 1;
    }
  }
  // It tells stream by stream.
  std::ranges::sort(report_, {}, [](const PacketResult& result) { return result.packet.sent; });
  if (const PacketResult* last = LastArrived()) feedback_rtt_ = now - last->packet.sent - (*made - last->arrival);
  return Report(now);
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
