// What a turn has to tell: notifications for the controller, and changes of paths for whoever maps tuples to
// transports.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "rtc/cc/circuit_breaker.h"
#include "rtc/data/data_event.h"
#include "rtc/dtls/dtls_session.h"
#include "rtc/ice/ice_lite_agent.h"
#include "rtc/media/media_event.h"
#include "rtc/net/path.h"
#include "rtc/sctp/sctp_association.h"

namespace sluice {

class Transport;

struct IceStateChanged {
  std::string transport_id;
  IceState state;
};
struct SelectedPathChanged {
  std::string transport_id;
  Path path;
};
struct DtlsStateChanged {
  std::string transport_id;
  DtlsState state;
  std::string remote_certificate;  // PEM, with kConnected
};
// Of a plain transport that learnt its peer's address (comedia).
struct PlainPathChanged {
  std::string transport_id;
  Path path;
  bool rtcp = false;
};
struct TransportSctpStateChanged {
  std::string transport_id;
  SctpState state;
};
struct TransportSctpNegotiated {
  std::string transport_id;
  SctpCapabilitiesNegotiated capabilities;
};
// Traces (Transport::SetTraces): what a peer's line is taken to carry, when layers are divided; and that a probe begins.
struct BandwidthTrace {
  std::string transport_id;
  Timestamp at;
  bool by_remb = false;  // REMB is the lower bound at present
  DataRate wanted;       // by everybody together
  DataRate allocated;
  DataRate min, max, start;
  DataRate available;
};
struct ProbationTrace {
  std::string transport_id;
  Timestamp at;
};
// No more video is sent for a while (CircuitBreaker).
struct CircuitBroken {
  std::string transport_id;
  CircuitBreaker::Reason reason;
};
using TransportEvent =
    std::variant<IceStateChanged, SelectedPathChanged, DtlsStateChanged, PlainPathChanged, TransportSctpStateChanged,
                 TransportSctpNegotiated, BandwidthTrace, ProbationTrace, CircuitBroken>;

// A remote address began or ceased to belong to a transport. To be applied before the next datagram is dispatched. Of a
// transport that was closed in the same turn the pointer is a name only.
struct PathChange {
  Transport* transport = nullptr;
  Path path;
  bool added = true;
};

// A packet that a direct transport sends: to the controller, which takes the place of the peer.
struct DirectPacket {
  std::string id;  // of the consumer for RTP, of the transport for RTCP
  bool rtcp = false;
  std::vector<uint8_t> bytes;
};

struct Outbox {
  std::vector<TransportEvent> transport;
  MediaEvents media;
  DataEvents data;
  std::vector<PathChange> paths;
  std::vector<DirectPacket> direct;  // at most what a turn brings, once for each consumer
};

}  // namespace sluice
