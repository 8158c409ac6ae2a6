// What a request says of a transport, decoded and validated. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/dtls/dtls_session.h"
#include "rtc/ice/ice_lite_agent.h"
#include "rtc/net/path.h"
#include "rtc/sctp/sctp_association.h"
#include "rtc/srtp/srtp_session.h"

namespace sluice {

struct SrtpKeying {
  SrtpSuite suite = SrtpSuite::kAeadAes128Gcm;
  std::string key;  // master key and salt, raw bytes of the suite's length
};

struct WebRtcTransportConfig {
  std::string id;
  IceCredentials ice;                                  // ours
  TimeDelta consent_timeout = TimeDelta::Seconds(30);  // zero: never
  std::optional<DataRate> initial_outgoing;            // what its line is taken to carry at first
  std::optional<SctpConfig> sctp;
};

struct PlainTransportConfig {
  std::string id;
  bool rtcp_mux = true;
  bool comedia = false;                 // learn the peer's address from its first packet
  Path rtp;                             // local side; remote unset
  std::optional<Path> rtcp;             // local side for RTCP, without rtcp_mux
  std::optional<SrtpSuite> srtp_suite;  // set: SRTP is on, and a key of ours is made
  std::optional<SctpConfig> sctp;
};

struct DirectTransportConfig {
  std::string id;
};

struct WebRtcConnectParameters {
  // The peer's role. kAuto: the peer lets us choose, and we are the client.
  DtlsRole role = DtlsRole::kAuto;
  std::vector<DtlsFingerprint> fingerprints;  // at least one
};

struct PlainConnectParameters {
  std::optional<SocketAddress> rtp;   // required unless comedia
  std::optional<SocketAddress> rtcp;  // required unless comedia or rtcp-mux
  std::optional<SrtpKeying> srtp;     // the peer's; another suite than ours makes us take it, with a new key
};

struct BitrateSettings {
  DataRate max_incoming = DataRate::Zero();  // zero: no limit
  DataRate max_outgoing = DataRate::Zero();
  DataRate min_outgoing = DataRate::Zero();
  DataRate initial_outgoing = DataRate::KilobitsPerSec(600);
};

}  // namespace sluice
