#include "rtc/cc/stream_numbers.h"

#include <algorithm>

namespace sluice {

StreamNumbers::Stream& StreamNumbers::StreamOf(Ssrc ssrc) {
  const auto known = std::ranges::find(streams_, ssrc, &Stream::ssrc);
  if (known != streams_.end()) return *known;
  if (streams_.size() < kMaxStreams) return streams_.emplace_back(Stream{.ssrc = ssrc});
  Stream& silent = *std::ranges::min_element(streams_, {}, &Stream::last);
  silent.ssrc = ssrc;
  std::ranges::fill(silent.entries, Entry());
  return silent;
}

void StreamNumbers::OnSent(Ssrc ssrc, SeqNum seq, SeqNum transport_seq) {
  Stream& stream = StreamOf(ssrc);
  stream.last = ++count_;
  stream.entries[seq.value() % kWindow] = {.known = true, .seq = seq, .transport_seq = transport_seq};
}

std::optional<SeqNum> StreamNumbers::Find(Ssrc ssrc, SeqNum seq) const {
  const auto known = std::ranges::find(streams_, ssrc, &Stream::ssrc);
  if (known == streams_.end()) return std::nullopt;
  const Entry& entry = known->entries[seq.value() % kWindow];
  return entry.known && entry.seq == seq ? std::optional(entry.transport_seq) : std::nullopt;
}

}  // namespace sluice
