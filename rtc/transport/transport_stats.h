// What a transport counts: bytes are those of UDP or TCP payloads, before unprotection and after protection.
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/cc/network_messages.h"
#include "rtc/sctp/sctp_association.h"
#include "rtc/stream/rate_counter.h"

namespace sluice {

class Traffic {
 public:
  void Add(size_t size, Timestamp now) {
    bytes_ += size;
    rate_.Add(size, now);
  }
  uint64_t bytes() const { return bytes_; }
  DataRate rate(Timestamp now) const { return rate_.Rate(now); }
  DataRate line_rate(Timestamp now) const { return rate_.Rate(now, kPacketOverhead); }
  // Of a packet, lately.
  DataSize MeanSize(Timestamp now) const {
    const double packets = rate_.PacketRate(now);
    if (packets <= 0) return DataSize::Zero();
    return DataSize::Bytes(static_cast<int64_t>(static_cast<double>(rate(now).bps()) / 8 / packets));
  }

 private:
  uint64_t bytes_ = 0;
  RateCounter rate_;
};

struct TransportCounters {
  Traffic received;  // everything
  Traffic sent;
  Traffic rtp_received;  // RTP without RTX
  Traffic rtp_sent;
  Traffic rtx_received;
  Traffic rtx_sent;
  Traffic probation_sent;  // to fill probes
  Traffic data_sent;       // SCTP
};

struct TransportStats {
  struct Flow {
    uint64_t bytes = 0;
    DataRate rate;
  };
  Flow received, sent, rtp_received, rtp_sent, rtx_received, rtx_sent, probation_sent;
  double rtp_loss_received = 0;  // share, mean over incoming streams, last report interval
  double rtp_loss_sent = 0;      // likewise outgoing, as the peer reports
  std::optional<SctpState> sctp_state;
  // Where it is estimated here, for a peer that sends without transport-wide numbers.
  std::optional<DataRate> available_incoming;
  // Where congestion control runs: what the line is taken to carry, and how long what waits here will take.
  std::optional<DataRate> available_outgoing;
  TimeDelta queue_time;
  uint32_t circuit_breaks = 0;  // RFC 8083
};

}  // namespace sluice
