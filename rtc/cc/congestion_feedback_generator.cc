#include "rtc/cc/congestion_feedback_generator.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr size_t kStreamHeader = 8;
constexpr size_t kFixedSize = rtcp::kHeaderSize + 8;
// A stream is not begun with less room than for some packets, or every message would end with a few.
constexpr size_t kLeastRoom = kStreamHeader + 32;

}  // namespace

void CongestionFeedbackGenerator::OnPacket(Ssrc ssrc, SeqNum number, Timestamp arrival, rtcp::Ecn ecn) {
  Arrival* const noted = streams_.Use(ssrc).OnPacket(number);
  if (!noted) return;
  if (!noted->at.IsNever()) {
    // The first arrival counts; a mark of any copy does (RFC 8888 section 3.1).
    if (ecn == rtcp::Ecn::kCongested) noted->ecn = ecn;
    return;
  }
  *noted = {.at = arrival, .ecn = ecn};
  if (deadline_.IsInfinite()) deadline_ = arrival + kInterval;
}

std::optional<rtcp::CongestionFeedback> CongestionFeedbackGenerator::Next(Ssrc sender, Timestamp now,
                                                                          uint32_t compact_ntp) {
  rtcp::CongestionFeedback feedback{.sender = sender, .timestamp = compact_ntp};
  size_t room = kMaxSize - kFixedSize;
  for (auto& [ssrc, last_use, window] : streams_.entries()) {
    if (window.empty()) continue;
    if (room < kLeastRoom) break;
    rtcp::CongestionFeedback::Stream& told = feedback.streams.emplace_back();
    told.ssrc = ssrc;
    told.begin = ExtSeqNum(window.begin()).seq();
    const auto fitting = static_cast<int64_t>((room - kStreamHeader) / 4 * 2);
    const int64_t end = std::min(window.end(), window.begin() + fitting);
    for (int64_t seq = window.begin(); seq < end; ++seq) {
      const Arrival& arrival = window.At(seq);
      told.packets.push_back(arrival.at.IsNever()
                                 ? rtcp::CongestionFeedback::Packet()
                                 : rtcp::CongestionFeedback::Packet::Arrived(now - arrival.at, arrival.ecn));
    }
    window.ToldUntil(end);
    room -= told.WireSize();
  }
  if (feedback.streams.empty()) {
    deadline_ = Timestamp::Infinite();
    return std::nullopt;
  }
  return feedback;
}

}  // namespace sluice
