// A peer's end of the data channels: one SCTP association, its timers in the event queue, and a record of what came.
// What carries its packets is the owner's affair.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/sctp/sctp_association.h"
#include "rtc/sctp/sctp_stack.h"
#include "test/sim/event_queue.h"

namespace sluice::sim {

class DataClient {
 public:
  using SendPacket = std::function<void(std::span<const uint8_t>)>;

  DataClient(EventQueue& events, const SctpConfig& config, uint64_t seed, SendPacket send);
  ~DataClient() { events_.Cancel(armed_); }
  DataClient(const DataClient&) = delete;
  DataClient& operator=(const DataClient&) = delete;

  // The way to the other end is there.
  void Start();
  void HandlePacket(std::span<const uint8_t> packet);
  SctpSendResult Send(uint16_t stream_id, std::string_view text, const SctpReliability& reliability = {});
  void Reset(uint16_t stream_id);

  const SctpAssociation& association() const { return association_; }
  bool connected() const { return association_.state() == SctpState::kConnected; }
  // In order of arrival.
  const std::vector<SctpMessageReceived>& messages() const { return messages_; }
  std::vector<std::string> texts(uint16_t stream_id) const;
  const std::vector<uint16_t>& resets() const { return resets_; }

 private:
  void After();

  EventQueue& events_;
  SendPacket send_;
  SctpStack stack_;
  SctpAssociation association_;
  EventQueue::EventId armed_;
  std::vector<SctpMessageReceived> messages_;
  std::vector<uint16_t> resets_;
};

}  // namespace sluice::sim
