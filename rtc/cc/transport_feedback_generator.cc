#include "rtc/cc/transport_feedback_generator.h"

#include <algorithm>

namespace sluice {

TransportFeedbackGenerator::TransportFeedbackGenerator() : arrivals_(kWindow) {}

void TransportFeedbackGenerator::OnPacket(SeqNum transport_seq, Timestamp arrival) {
  const bool first = !unwrapper_.started();
  const int64_t seq = unwrapper_.Unwrap(transport_seq).value();
  if (first) begin_ = end_ = seq;
  if (seq < end_ - kMaxLate) return;
  Timestamp& slot = arrivals_[static_cast<size_t>(seq % kWindow)];
  if (seq >= end_) {
    for (end_ = std::max(end_, seq - kWindow); end_ < seq; ++end_)
      arrivals_[static_cast<size_t>(end_ % kWindow)] = Timestamp::Never();
    ++end_;
    begin_ = std::max(begin_, end_ - kWindow);
  } else if (!slot.IsNever()) {
    return;  // a duplicate: the first arrival counts
  } else {
    begin_ = std::min(begin_, seq);
  }
  slot = arrival;
  if (deadline_.IsInfinite()) deadline_ = arrival + kInterval;
}

std::optional<rtcp::TransportFeedback> TransportFeedbackGenerator::Next(Ssrc sender, Ssrc media) {
  auto at = [&](int64_t seq) { return arrivals_[static_cast<size_t>(seq % kWindow)]; };
  int64_t first = begin_;
  while (first < end_ && at(first).IsNever()) ++first;
  if (first == end_) {
    begin_ = end_;
    deadline_ = Timestamp::Infinite();
    return std::nullopt;
  }
  // Lost numbers at the front belong to the message, too: it begins where the one before ended.
  int64_t base = std::max(begin_, first - int64_t{rtcp::TransportFeedbackBuilder::kMaxPackets} / 2);
  rtcp::TransportFeedbackBuilder builder(sender, media, count_, ExtSeqNum(base).seq(), at(first));
  int64_t next = first;
  for (int64_t seq = first; seq < end_; ++seq) {
    if (at(seq).IsNever()) continue;
    if (!builder.Add(ExtSeqNum(seq).seq(), at(seq))) break;
    next = seq + 1;
  }
  begin_ = next;
  ++count_;
  return builder.feedback();
}

}  // namespace sluice
