// Two live associations, and an input that is the man in the middle: it lets packets through, loses, doubles, damages and
// cuts them, puts chunks of its own behind the right verification tag, and in between sends, resets and lets time pass.
// Checksums are made right, or nothing would be read.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "rtc/base/check.h"
#include "rtc/sctp/sctp_association.h"
#include "rtc/sctp/sctp_packet.h"
#include "rtc/sctp/sctp_stack.h"

namespace {

using namespace sluice;  // NOLINT(google-build-using-namespace)
using Packet = std::vector<uint8_t>;

constexpr SctpConfig kConfig{.max_receive_message_size = 20'000, .max_receiver_window_buffer_size = 40'000};

struct Input {
  std::span<const uint8_t> rest;
  uint8_t Byte() {
    if (rest.empty()) return 0;
    const uint8_t byte = rest.front();
    rest = rest.subspan(1);
    return byte;
  }
  Packet Bytes(size_t wanted) {
    const auto taken = rest.first(std::min(wanted, rest.size()));
    rest = rest.subspan(taken.size());
    return {taken.begin(), taken.end()};
  }
};

struct End {
  SctpAssociation sctp;
  std::deque<Packet> incoming;
};

void MakeRight(Packet& packet) {
  if (packet.size() < kSctpCommonHeader) return;
  std::fill(packet.begin() + 8, packet.begin() + 12, uint8_t{0});
  const uint32_t crc = ~UpdateCrc32c(~0u, packet);
  for (size_t i = 0; i < 4; ++i) packet[8 + i] = static_cast<uint8_t>(crc >> (8 * i));
}

void Collect(End& from, End& to, Packet& last) {
  for (Packet& packet : from.sctp.TakePackets()) {
    SLUICE_CHECK(packet.size() <= SctpAssociation::kMtu);
    last = packet;
    if (to.incoming.size() < 64) to.incoming.push_back(std::move(packet));
  }
  for (const SctpEvent& event : from.sctp.TakeEvents()) {
    if (const auto* message = std::get_if<SctpMessageReceived>(&event)) {
      SLUICE_CHECK(message->payload.size() <= kConfig.max_receive_message_size);
    }
  }
}

void Damage(Packet& packet, Input& input) {
  const size_t at = size_t{input.Byte()} << 3 | input.Byte() % 8;
  const uint8_t value = input.Byte();
  if (at < packet.size() && at >= kSctpCommonHeader) packet[at] = value;
  MakeRight(packet);
}

// Chunks of the input behind the header of a packet that was real.
Packet Invent(const Packet& real, Input& input) {
  Packet packet(real.begin(), real.begin() + std::min<ptrdiff_t>(12, static_cast<ptrdiff_t>(real.size())));
  const Packet chunks = input.Bytes(input.Byte());
  packet.insert(packet.end(), chunks.begin(), chunks.end());
  packet.resize((packet.size() + 3) / 4 * 4);
  MakeRight(packet);
  return packet;
}

void Act(End& one, End& other, Packet& last, Input& input, Timestamp& now) {
  Packet packet;
  if (!one.incoming.empty()) packet = one.incoming.front();
  switch (input.Byte() % 12) {
    case 0:  // lost
      if (!one.incoming.empty()) one.incoming.pop_front();
      return;
    case 1:  // stays there: comes again
      return one.sctp.HandlePacket(packet, now);
    case 2:
      Damage(packet, input);
      return one.sctp.HandlePacket(packet, now);
    case 3:
      packet.resize(std::min<size_t>(packet.size(), input.Byte()) / 4 * 4);
      MakeRight(packet);
      return one.sctp.HandlePacket(packet, now);
    case 4:
      return one.sctp.HandlePacket(Invent(packet.empty() ? last : packet, input), now);
    case 5: {
      const Packet message(size_t{input.Byte()} * 50, 7);
      const uint8_t how = input.Byte();
      const SctpReliability reliability{.ordered = (how & 1) != 0,
                                        .max_retransmits = how & 2 ? std::optional<uint16_t>(how >> 4) : std::nullopt};
      one.sctp.Send(static_cast<uint16_t>(input.Byte() * 257), 51, message, reliability, now);
      return;
    }
    case 6:
      return one.sctp.ResetStream(static_cast<uint16_t>(input.Byte() * 257), now);
    case 7:
      now += TimeDelta::Millis(int64_t{input.Byte()} * 20);
      one.sctp.OnTimer(now);
      return other.sctp.OnTimer(now);
    case 8:
      if (input.Byte() == 0xFF) one.sctp.Close(now);
      return;
    default:
      if (one.incoming.empty()) return;
      one.incoming.pop_front();
      return one.sctp.HandlePacket(packet, now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input{{data, size}};
  SctpStack stack(7);
  Timestamp now = Timestamp::Seconds(10);
  End a{SctpAssociation(stack, kConfig), {}}, b{SctpAssociation(stack, kConfig), {}};
  Packet last;
  a.sctp.Connect(now);
  if (input.Byte() % 2) b.sctp.Connect(now);
  for (int quiet = input.Byte() % 8; quiet > 0; --quiet) {  // how far they get undisturbed
    Collect(a, b, last);
    Collect(b, a, last);
    for (auto [to, from] : {std::pair(&b, &a), std::pair(&a, &b)}) {
      for (Packet& packet : std::exchange(to->incoming, {})) to->sctp.HandlePacket(packet, now);
    }
  }
  for (int turn = 0; !input.rest.empty(); turn = 1 - turn) {
    Act(turn ? b : a, turn ? a : b, last, input, now);
    Collect(a, b, last);
    Collect(b, a, last);
    b.sctp.Connect(now);
  }
  return 0;
}
