// The way back to one page: what the logic of rooms needs of a connection. The server's WebSocket is one; tests have
// their own.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

namespace sluice::conference {

// Codes of a WebSocket's closing (RFC 6455 section 7.4; 4000 and up are ours, docs/signalling.md).
enum class CloseCode : uint16_t {
  kGoingAway = 1001,
  kUnsupportedData = 1003,
  kMessageTooBig = 1009,
  kJoinTimeout = 4000,
  kTooFast = 4001,
  kNotReading = 4002,
  kReplaced = 4003,
  kWorkerDied = 4004,
};

class Link {
 public:
  virtual ~Link() = default;
  // Queues one message. Ignored once the link is closing.
  virtual void Send(const nlohmann::json& message) = 0;
  // Closes after what was queued. Never calls back from inside: the session ends in a later turn of the loop.
  virtual void Close(CloseCode code, std::string_view reason) = 0;
};

}  // namespace sluice::conference
