// One SCTP association with one peer (RFC 9260), as data channels use it (RFC 8831): packets in, packets out, messages
// in between. Partial reliability is RFC 3758, resetting of streams RFC 6525. Channels are negotiated by their stream
// ids: there is no DCEP here.
//
// Every call may leave packets to be sent and events to be told: take both after each call. Packets are at most kMtu
// bytes; what carries them (a DTLS record, or a datagram of a plain transport) is the owner's affair.
//
// Each outgoing stream has a queue of its own in front of the association. It holds messages from before the
// association is up, gives the buffered amount, and is where the limits of SctpConfig are applied: a message that does
// not fit is refused whole. Streams cost memory from their first use on, not by being advertised.
//
// Time comes with each call. Lifetime: the stack outlives the association.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "rtc/base/units.h"

namespace sluice {

class SctpStack;

struct SctpConfig {
  uint32_t max_send_message_size = 262'144;     // bytes
  uint32_t max_receive_message_size = 262'144;  // bytes; a longer message ends its stream's reassembly and is dropped
  uint32_t send_buffer_size = 262'144;          // bytes that may wait in all streams together
  uint32_t per_stream_send_queue_limit = 0;     // bytes that may wait in one stream; 0: only the above
  uint32_t max_receiver_window_buffer_size = 262'144;  // bytes
  uint32_t buffered_amount_low_threshold = 0;          // of streams that were told no other
};

enum class SctpState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };

// How a message is to arrive. At most one limit is set.
struct SctpReliability {
  bool ordered = true;
  std::optional<uint16_t> max_packet_life_time;  // ms
  std::optional<uint16_t> max_retransmits;
};

enum class SctpSendResult : uint8_t { kQueued, kTooLarge, kBufferFull, kNoSuchStream, kClosed };

struct SctpStateChanged {
  SctpState state;
};
// Just before kConnected: the numbers of streams, the smaller of what each end offered and took.
struct SctpCapabilitiesNegotiated {
  uint16_t outbound_streams = 0;
  uint16_t inbound_streams = 0;
};
struct SctpMessageReceived {
  uint16_t stream_id = 0;
  uint32_t ppid = 0;
  std::vector<uint8_t> payload;
};
// The peer reset its outgoing stream: no message of before comes any more.
struct SctpStreamReset {
  uint16_t stream_id = 0;
};
// The stream's buffered amount fell to its threshold or below, having been above.
struct SctpBufferedAmountLow {
  uint16_t stream_id = 0;
  uint32_t buffered_amount = 0;  // bytes
};
using SctpEvent = std::variant<SctpStateChanged, SctpCapabilitiesNegotiated, SctpMessageReceived, SctpStreamReset,
                               SctpBufferedAmountLow>;

class SctpAssociation {
 public:
  static constexpr size_t kMtu = 1191;         // bytes: what a DTLS record leaves of a datagram of 1228
  static constexpr uint16_t kPort = 5000;      // both ends
  static constexpr uint16_t kStreams = 65535;  // offered both ways

  SctpAssociation(SctpStack& stack, const SctpConfig& config);
  ~SctpAssociation();
  SctpAssociation(const SctpAssociation&) = delete;
  SctpAssociation& operator=(const SctpAssociation&) = delete;

  // Sends the INIT: the way to the peer is there. Packets before it are dropped. Once; later calls do nothing.
  void Connect(Timestamp now);
  void HandlePacket(std::span<const uint8_t> packet, Timestamp now);
  void OnTimer(Timestamp now);
  // When OnTimer is wanted; infinite when nothing is due.
  Timestamp NextDeadline() const;
  // Leaves an ABORT to be sent; kClosed.
  void Close(Timestamp now);

  // What waits to be sent, in order.
  std::vector<std::vector<uint8_t>> TakePackets();
  std::vector<SctpEvent> TakeEvents();

  // Takes the message whole or not at all. Before kConnected it waits.
  SctpSendResult Send(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                      const SctpReliability& reliability, Timestamp now);
  // Bytes of messages that were taken and have not left yet.
  uint32_t BufferedAmount(uint16_t stream_id) const;
  void SetBufferedAmountLowThreshold(uint16_t stream_id, uint32_t bytes);
  // Drops what waits and resets the outgoing stream, so that its id can be used again.
  void ResetStream(uint16_t stream_id, Timestamp now);

  SctpState state() const;
  const SctpConfig& config() const;
  // Empty until kConnected.
  std::optional<SctpCapabilitiesNegotiated> capabilities() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
