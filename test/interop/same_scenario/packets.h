// The packets that both halves of the scenario send and what they make of those that arrive: packets.mjs in C++.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace sluice::scenario {

using Packet = std::vector<uint8_t>;

std::vector<Packet> MakePackets(const nlohmann::json& form);
bool IsMedia(const Packet& packet);
nlohmann::json Summarize(const std::vector<Packet>& datagrams);

}  // namespace sluice::scenario
