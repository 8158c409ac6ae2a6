// Which transport-wide number a packet left with, by its own SSRC and sequence number: for receivers that tell of packets
// by those (RFC 8888). The number need not stand in the packet.
//
// Bounds: the last kWindow packets of each of kMaxStreams streams; a further stream takes the place of the one that sent
// nothing for longest. A stream's window is made at its first packet; nothing is allocated after that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/cc/stream_table.h"

namespace sluice {

class StreamNumbers {
 public:
  static constexpr size_t kMaxStreams = 64;
  static constexpr size_t kWindow = 1024;

  void OnSent(Ssrc ssrc, SeqNum seq, SeqNum transport_seq);
  // nullopt: it was never sent, or is forgotten.
  std::optional<SeqNum> Find(Ssrc ssrc, SeqNum seq) const;

 private:
  struct Entry {
    bool known = false;
    SeqNum seq;
    SeqNum transport_seq;
  };
  struct Window {
    std::vector<Entry> entries = std::vector<Entry>(kWindow);
    void Reset();
  };

  StreamTable<Window, kMaxStreams> streams_;
};

}  // namespace sluice
