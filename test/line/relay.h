// The simulator's line (test/sim/link.h) for real programs: IP packets of one TUN device come out of another, in real time,
// after what a Link does to them. Sizes are those of IP packets.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "test/line/tun.h"
#include "test/sim/event_queue.h"
#include "test/sim/link.h"
#include "test/sim/virtual_clock.h"

namespace sluice::line {

class Relay {
 public:
  // Packets that come from `here` go up, others down.
  Relay(Tun& here, Tun& there, uint64_t seed);

  sim::Link& up() { return up_; }
  sim::Link& down() { return down_; }
  // Relays until `input` ends, of which each whole line is told.
  void Run(int input, const std::function<void(const std::string& line)>& on_line);

 private:
  Timestamp Now() const;
  void Take(Tun& from, sim::Link& link, Tun& to);
  // False at the end.
  bool ReadLines(int input, const std::function<void(const std::string& line)>& on_line);

  Tun& here_;
  Tun& there_;
  sim::VirtualClock clock_;
  sim::EventQueue events_;
  sim::Link up_;
  sim::Link down_;
  int64_t offset_us_;  // of the clock to the system's
  std::string text_;
  std::array<uint8_t, 65536> buffer_;
};

}  // namespace sluice::line
