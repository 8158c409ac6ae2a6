#include "rtc/cc/congestion_feedback_generator.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr size_t kStreamHeader = 8;
constexpr size_t kFixedSize = rtcp::kHeaderSize + 8;
// A stream is not begun with less room than for some packets, or every message would end with a few.
constexpr size_t kLeastRoom = kStreamHeader + 32;

}  // namespace

CongestionFeedbackGenerator::Stream& CongestionFeedbackGenerator::StreamOf(Ssrc ssrc) {
  const auto known = std::ranges::find(streams_, ssrc, &Stream::ssrc);
  if (known != streams_.end()) return *known;
  if (streams_.size() < kMaxStreams) return streams_.emplace_back(ssrc);
  Stream& silent = *std::ranges::min_element(streams_, {}, &Stream::last);
  silent = Stream(ssrc);
  return silent;
}

void CongestionFeedbackGenerator::OnPacket(Ssrc ssrc, SeqNum number, Timestamp arrival, rtcp::Ecn ecn) {
  Stream& stream = StreamOf(ssrc);
  const bool first = !stream.unwrapper.started();
  const int64_t seq = stream.unwrapper.Unwrap(number).value();
  if (first) stream.begin = stream.end = seq;
  if (seq < stream.end - kMaxLate) return;
  stream.last = arrival;
  if (seq >= stream.end) {
    for (stream.end = std::max(stream.end, seq - kWindow); stream.end < seq; ++stream.end) {
      stream.At(stream.end) = Arrival();
    }
    ++stream.end;
    stream.begin = std::max(stream.begin, stream.end - kWindow);
  } else if (Arrival& known = stream.At(seq); !known.at.IsNever()) {
    // The first arrival counts; a mark of any copy does (RFC 8888 section 3.1).
    if (ecn == rtcp::Ecn::kCongested) known.ecn = ecn;
    return;
  } else {
    stream.begin = std::min(stream.begin, seq);
  }
  stream.At(seq) = {.at = arrival, .ecn = ecn};
  if (deadline_.IsInfinite()) deadline_ = arrival + kInterval;
}

std::optional<rtcp::CongestionFeedback> CongestionFeedbackGenerator::Next(Ssrc sender, Timestamp now,
                                                                          uint32_t compact_ntp) {
  rtcp::CongestionFeedback feedback{.sender = sender, .timestamp = compact_ntp};
  size_t room = kMaxSize - kFixedSize;
  for (Stream& stream : streams_) {
    if (stream.begin == stream.end) continue;
    if (room < kLeastRoom) break;
    rtcp::CongestionFeedback::Stream& told = feedback.streams.emplace_back();
    told.ssrc = stream.ssrc;
    told.begin = ExtSeqNum(stream.begin).seq();
    const auto fitting = static_cast<int64_t>((room - kStreamHeader) / 4 * 2);
    const int64_t end = std::min(stream.end, stream.begin + fitting);
    for (; stream.begin < end; ++stream.begin) {
      const Arrival& arrival = stream.At(stream.begin);
      told.packets.push_back(arrival.at.IsNever()
                                 ? rtcp::CongestionFeedback::Packet()
                                 : rtcp::CongestionFeedback::Packet::Arrived(now - arrival.at, arrival.ecn));
    }
    room -= told.WireSize();
  }
  if (feedback.streams.empty()) {
    deadline_ = Timestamp::Infinite();
    return std::nullopt;
  }
  return feedback;
}

}  // namespace sluice
