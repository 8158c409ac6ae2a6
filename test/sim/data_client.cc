#include "test/sim/data_client.h"

#include <utility>
#include <variant>

namespace sluice::sim {

DataClient::DataClient(EventQueue& events, const SctpConfig& config, uint64_t seed, SendPacket send)
    : events_(events), send_(std::move(send)), stack_(seed), association_(stack_, config) {}

void DataClient::Start() {
  association_.Connect(events_.now());
  After();
}

void DataClient::HandlePacket(std::span<const uint8_t> packet) {
  association_.HandlePacket(packet, events_.now());
  After();
}

SctpSendResult DataClient::Send(uint16_t stream_id, std::string_view text, const SctpReliability& reliability) {
  constexpr uint32_t kStringPpid = 51;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const SctpSendResult result =
      association_.Send(stream_id, kStringPpid, {bytes, text.size()}, reliability, events_.now());
  After();
  return result;
}

void DataClient::Reset(uint16_t stream_id) {
  association_.ResetStream(stream_id, events_.now());
  After();
}

std::vector<std::string> DataClient::texts(uint16_t stream_id) const {
  std::vector<std::string> texts;
  for (const SctpMessageReceived& message : messages_) {
    if (message.stream_id == stream_id) texts.emplace_back(message.payload.begin(), message.payload.end());
  }
  return texts;
}

void DataClient::After() {
  for (SctpEvent& event : association_.TakeEvents()) {
    if (auto* message = std::get_if<SctpMessageReceived>(&event)) messages_.push_back(std::move(*message));
    if (const auto* reset = std::get_if<SctpStreamReset>(&event)) resets_.push_back(reset->stream_id);
  }
  for (const auto& packet : association_.TakePackets()) send_(packet);
  events_.Cancel(armed_);
  armed_ = events_.At(association_.NextDeadline(), [this] {
    association_.OnTimer(events_.now());
    After();
  });
}

}  // namespace sluice::sim
