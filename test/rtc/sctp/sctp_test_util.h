// Two associations and the link between them, in virtual time: it loses, delays, reorders and doubles packets as a seed
// says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/sctp/sctp_association.h"
#include "rtc/sctp/sctp_stack.h"

namespace sluice::test {

inline constexpr uint32_t kStringPpid = 51;
inline constexpr uint32_t kBinaryPpid = 53;

// One end, and what it heard.
struct SctpEnd {
  SctpEnd(SctpStack& stack, const SctpConfig& config) : sctp(std::make_unique<SctpAssociation>(stack, config)) {}

  void TakeEvents() {
    for (SctpEvent& event : sctp->TakeEvents()) {
      if (auto* state = std::get_if<SctpStateChanged>(&event)) states.push_back(state->state);
      if (auto* capabilities = std::get_if<SctpCapabilitiesNegotiated>(&event)) negotiated.push_back(*capabilities);
      if (auto* message = std::get_if<SctpMessageReceived>(&event)) messages.push_back(std::move(*message));
      if (auto* reset = std::get_if<SctpStreamReset>(&event)) resets.push_back(reset->stream_id);
      if (auto* low = std::get_if<SctpBufferedAmountLow>(&event)) lows.push_back(*low);
    }
  }

  std::unique_ptr<SctpAssociation> sctp;
  std::vector<SctpState> states;
  std::vector<SctpCapabilitiesNegotiated> negotiated;
  std::vector<SctpMessageReceived> messages;
  std::vector<uint16_t> resets;
  std::vector<SctpBufferedAmountLow> lows;
};

struct LinkConfig {
  uint64_t seed = 1;
  double loss = 0;
  double duplication = 0;
  TimeDelta delay = TimeDelta::Millis(20);
  TimeDelta jitter = TimeDelta::Zero();
};

class SctpPair {
 public:
  using Packet = std::vector<uint8_t>;

  explicit SctpPair(const LinkConfig& link = {}, const SctpConfig& config = {}, const SctpConfig& other = {})
      : stack(link.seed), rng(link.seed), link(link), a(stack, config), b(stack, other) {}

  void Connect() {
    a.sctp->Connect(now);
    b.sctp->Connect(now);
    Take();
  }
  // True when both are connected.
  bool Establish() {
    Connect();
    return RunUntil(
        [&] { return a.sctp->state() == SctpState::kConnected && b.sctp->state() == SctpState::kConnected; });
  }

  SctpSendResult Send(SctpEnd& from, uint16_t stream, std::string_view text, const SctpReliability& reliability = {}) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    const SctpSendResult result = from.sctp->Send(stream, kStringPpid, {bytes, text.size()}, reliability, now);
    Take();
    return result;
  }

  // Runs packets and timers until `done`, for at most `limit` of virtual time.
  bool RunUntil(const std::function<bool()>& done, TimeDelta limit = TimeDelta::Seconds(120)) {
    const Timestamp end = now + limit;
    Take();
    while (!done()) {
      const Timestamp next = std::min({in_flight.empty() ? Timestamp::Infinite() : in_flight.begin()->first,
                                       a.sctp->NextDeadline(), b.sctp->NextDeadline()});
      if (next > end) {
        now = end;
        return done();
      }
      now = std::max(now, next);
      Step();
    }
    return true;
  }
  void Run(TimeDelta time) {
    RunUntil([] { return false; }, time);
  }

  // Collects what the ends want to send and tell.
  void Take() {
    Forward(a, b);
    Forward(b, a);
    a.TakeEvents();
    b.TakeEvents();
  }

  SctpStack stack;
  Rng rng;
  LinkConfig link;
  Timestamp now = Timestamp::Seconds(100);
  SctpEnd a;
  SctpEnd b;
  struct Flight {
    SctpEnd* to;
    Packet packet;
  };
  std::multimap<Timestamp, Flight> in_flight;
  // Sees every packet; what it returns false for is lost.
  std::function<bool(const SctpEnd& from, Packet& packet)> filter;
  size_t largest = 0;  // bytes of a packet
  size_t packets = 0;

 private:
  void Step() {
    while (!in_flight.empty() && in_flight.begin()->first <= now) {
      const Flight flight = std::move(in_flight.extract(in_flight.begin()).mapped());
      flight.to->sctp->HandlePacket(flight.packet, now);
      Take();
    }
    for (SctpEnd* end : {&a, &b}) {
      if (end->sctp->NextDeadline() <= now) end->sctp->OnTimer(now);
    }
    Take();
  }
  void Forward(SctpEnd& from, SctpEnd& to) {
    for (Packet& packet : from.sctp->TakePackets()) {
      largest = std::max(largest, packet.size());
      ++packets;
      if (filter && !filter(from, packet)) continue;
      if (rng.Chance(link.loss)) continue;
      const int copies = rng.Chance(link.duplication) ? 2 : 1;
      for (int i = 0; i < copies; ++i) {
        const TimeDelta jitter = TimeDelta::Micros(rng.Between(0, link.jitter.us()));
        in_flight.emplace(now + link.delay + jitter, Flight{&to, packet});
      }
    }
  }
};

inline std::string TextOf(const SctpMessageReceived& message) {
  return {message.payload.begin(), message.payload.end()};
}

}  // namespace sluice::test
