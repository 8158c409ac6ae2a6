// This process's own way into a router, over the pipe to the worker: RTP through Producer::Send and Consumer `on.rtp`,
// RTCP through SendRtcp and `on.rtcp`, messages through DataProducer and DataConsumer. For recorders, analysers, bots. Made
// by Router::CreateDirectTransport.
//
// When this process does not read, the worker drops RTP and counts it; messages wait. When the worker does not read, the
// Send calls answer kResourceExhausted.
#pragma once

#include <cstdint>
#include <span>

#include "controller/transport.h"

namespace sluice::controller {

struct DirectTransportOptions {
  uint32_t max_send_message_size = 262'144;  // bytes
  uint32_t max_receive_message_size = 262'144;
};

struct DirectTransportEvents : TransportEvents {
  Handler<std::span<const uint8_t>> rtcp;  // a compound packet, good during the call
};

using DirectTransportStats = TransportStats;
using DirectTransportDump = TransportDump;

class DirectTransport final : public Transport {
 public:
  explicit DirectTransport(Base base);  // by Router
  ~DirectTransport() override;

  TransportType type() const override { return TransportType::kDirect; }

  absl::Status SendRtcp(std::span<const uint8_t> packet);  // errors: Object::Notify
  void SetMaxIncomingBitrate(uint32_t bitrate, DoneCallback done) override;
  void SetMaxOutgoingBitrate(uint32_t bitrate, DoneCallback done) override;
  void SetMinOutgoingBitrate(uint32_t bitrate, DoneCallback done) override;
  void GetStats(Callback<DirectTransportStats> done);
  void Dump(Callback<DirectTransportDump> done);

  DirectTransportEvents on;

 private:
  void OnNotification(const fbs::notification::Notification& notification) override;
  TransportEvents& events() override { return on; }
  void DropHandlers() override { on = {}; }
  void EmitClosed(CloseReason reason) override { EmitLast(on, reason); }
};

}  // namespace sluice::controller
