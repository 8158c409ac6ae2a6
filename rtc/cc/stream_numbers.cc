#include "rtc/cc/stream_numbers.h"

#include <algorithm>

namespace sluice {

void StreamNumbers::Window::Reset() { std::ranges::fill(entries, Entry()); }

void StreamNumbers::OnSent(Ssrc ssrc, SeqNum seq, SeqNum transport_seq) {
  streams_.Use(ssrc).entries[seq.value() % kWindow] = {.known = true, .seq = seq, .transport_seq = transport_seq};
}

std::optional<SeqNum> StreamNumbers::Find(Ssrc ssrc, SeqNum seq) const {
  const Window* window = streams_.Find(ssrc);
  if (!window) return std::nullopt;
  const Entry& entry = window->entries[seq.value() % kWindow];
  return entry.known && entry.seq == seq ? std::optional(entry.transport_seq) : std::nullopt;
}

}  // namespace sluice
