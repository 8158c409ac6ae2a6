#include "test/interop/same_scenario/packets.h"

#include <map>
#include <string>

namespace sluice::scenario {
namespace {

void Append16(Packet& packet, uint32_t value) {
  packet.push_back(static_cast<uint8_t>(value >> 8));
  packet.push_back(static_cast<uint8_t>(value));
}

void Append32(Packet& packet, uint32_t value) {
  Append16(packet, value >> 16);
  Append16(packet, value & 0xffff);
}

uint16_t Read16(const Packet& packet, size_t at) {
  return static_cast<uint16_t>(packet.at(at) << 8 | packet.at(at + 1));
}

void AppendPayload(Packet& packet, uint32_t i, size_t size, uint32_t key_every) {
  std::vector<uint8_t> head;
  if (key_every != 0 && i % key_every == 0) head = {0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0};
  if (key_every != 0 && i % key_every != 0) head = {0x10, 0x01, 0, 0};
  packet.insert(packet.end(), head.begin(), head.end());
  packet.insert(packet.end(), size - head.size(), static_cast<uint8_t>(i));
}

}  // namespace

std::vector<Packet> MakePackets(const nlohmann::json& form) {
  std::vector<Packet> packets;
  const uint32_t key_every = form.value("keyEvery", 0U);
  for (uint32_t i = 0; i < form.at("count").get<uint32_t>(); ++i) {
    Packet packet;
    packet.push_back(form.contains("levels") ? 0x90 : 0x80);
    packet.push_back(static_cast<uint8_t>(form.at("payloadType").get<int>() | (key_every != 0 ? 0x80 : 0)));
    Append16(packet, (form.at("firstSequence").get<uint32_t>() + i) & 0xffff);
    Append32(packet, (form.at("firstSequence").get<uint32_t>() + i) * form.at("step").get<uint32_t>());
    Append32(packet, form.at("ssrc").get<uint32_t>());
    if (form.contains("levels")) {
      const auto& levels = form["levels"];
      Append32(packet, 0xbede0001);
      Append32(packet, 0x10U << 24 | levels[i % levels.size()].get<uint32_t>() << 16);
    }
    AppendPayload(packet, i, form.at("size").get<size_t>(), key_every);
    packets.push_back(std::move(packet));
  }
  return packets;
}

bool IsMedia(const Packet& packet) { return (packet.at(1) & 0x7f) >= 96; }

nlohmann::json Summarize(const std::vector<Packet>& datagrams) {
  struct Stream {
    uint32_t count = 0;
    uint32_t gaps = 0;
    uint32_t payloads = 0x811c9dc5;
    uint16_t last = 0;
  };
  std::map<int, Stream> streams;
  for (const Packet& packet : datagrams) {
    if (!IsMedia(packet)) continue;
    Stream& stream = streams[packet[1] & 0x7f];
    const uint16_t sequence = Read16(packet, 2);
    if (stream.count > 0 && sequence != static_cast<uint16_t>(stream.last + 1)) ++stream.gaps;
    stream.last = sequence;
    ++stream.count;
    const size_t extension = (packet[0] & 0x10) != 0 ? 4 + 4U * Read16(packet, 14) : 0;
    for (size_t i = 12 + extension; i < packet.size(); ++i)
      stream.payloads = (stream.payloads ^ packet[i]) * 0x01000193;
  }
  nlohmann::json result = nlohmann::json::object();
  for (const auto& [type, s] : streams) {
    result[std::to_string(type)] = {{"count", s.count}, {"gaps", s.gaps}, {"payloads", s.payloads}};
  }
  return result;
}

}  // namespace sluice::scenario
