#include "rtc/cc/transport_feedback_generator.h"

#include <algorithm>

namespace sluice {

void TransportFeedbackGenerator::OnPacket(SeqNum transport_seq, Timestamp arrival) {
  Timestamp* const noted = window_.OnPacket(transport_seq);
  if (!noted || !noted->IsNever()) return;  // of duplicates the first arrival counts
  *noted = arrival;
  if (deadline_.IsInfinite()) deadline_ = arrival + kInterval;
}

std::optional<rtcp::TransportFeedback> TransportFeedbackGenerator::Next(Ssrc sender, Ssrc media) {
  const int64_t end = window_.end();
  int64_t first = window_.begin();
  while (first < end && window_.At(first).IsNever()) ++first;
  if (first == end) {
    window_.ToldUntil(end);
    deadline_ = Timestamp::Infinite();
    return std::nullopt;
  }
  // Lost numbers at the front belong to the message, too: it begins where the one before ended.
  const int64_t base = std::max(window_.begin(), first - int64_t{rtcp::TransportFeedbackBuilder::kMaxPackets} / 2);
  rtcp::TransportFeedbackBuilder builder(sender, media, count_, ExtSeqNum(base).seq(), window_.At(first));
  int64_t next = first;
  for (int64_t seq = first; seq < end; ++seq) {
    if (window_.At(seq).IsNever()) continue;
    if (!builder.Add(ExtSeqNum(seq).seq(), window_.At(seq))) break;
    next = seq + 1;
  }
  window_.ToldUntil(next);
  ++count_;
  return builder.feedback();
}

}  // namespace sluice
