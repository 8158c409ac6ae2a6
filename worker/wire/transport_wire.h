// Transports in the control protocol: dumps, statistics and tuples.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "fbs/direct_generated.h"
#include "fbs/pipe_generated.h"
#include "fbs/plain_generated.h"
#include "fbs/webrtc_generated.h"
#include "worker/core.h"
#include "worker/objects.h"
#include "worker/socket_options.h"

namespace sluice::wire {

using Builder = flatbuffers::FlatBufferBuilder;

// A listenInfo, decoded. Without port and port range the worker's range is used. InvalidArgument names the field.
struct ListenRequest {
  ListenOptions options;
  std::string announced;
  bool expose_internal = false;
};
absl::StatusOr<ListenRequest> DecodeListenInfo(const fbs::net::ListenInfo* from, const Settings& settings,
                                               const std::string& field);
// The list of a WebRtcServer or WebRtcTransport: at least one, at most kMaxListenInfos.
inline constexpr size_t kMaxListenInfos = 64;
absl::StatusOr<std::vector<ListenRequest>> DecodeListenInfos(
    const flatbuffers::Vector<flatbuffers::Offset<fbs::net::ListenInfo>>* from, const Settings& settings);

// What the options say of SCTP: nothing unless it is enabled. InvalidArgument names the field.
absl::StatusOr<std::optional<SctpConfig>> DecodeSctp(const fbs::transport::OptionsT& options);

// bit/s; InvalidArgument, naming the field, for what no rate can be.
absl::StatusOr<DataRate> DecodeRate(uint64_t bps, std::string_view field);
// From 10 to 60 s, into which it is clamped; 0 means never.
inline TimeDelta DecodeConsentTimeout(uint8_t seconds) {
  return TimeDelta::Seconds(seconds == 0 ? 0 : std::clamp<int>(seconds, 10, 60));
}

// `path.local` is shown as the address that was announced for its socket.
fbs::net::TupleT Tuple(const Path& path, const TransportObject& of);

// Our key, for the peer; null without SRTP.
std::unique_ptr<fbs::srtp::ParametersT> SrtpParameters(const TransportObject& of);

fbs::transport::DumpT BaseDump(const TransportObject& of);
fbs::transport::StatsT BaseStats(const TransportObject& of, Timestamp now);

// Empty for null.
flatbuffers::Offset<fbs::transport::GetCongestionStatsResponse> EncodeCongestionStats(Builder& b,
                                                                                      const CongestionControl* of,
                                                                                      Timestamp now);

flatbuffers::Offset<fbs::webrtc::DumpResponse> EncodeWebRtcDump(Builder& b, const TransportObject& of,
                                                                const DtlsContext& dtls);
flatbuffers::Offset<fbs::webrtc::GetStatsResponse> EncodeWebRtcStats(Builder& b, const TransportObject& of,
                                                                     Timestamp now);
flatbuffers::Offset<fbs::plain::DumpResponse> EncodePlainDump(Builder& b, const TransportObject& of);
flatbuffers::Offset<fbs::plain::GetStatsResponse> EncodePlainStats(Builder& b, const TransportObject& of,
                                                                   Timestamp now);
flatbuffers::Offset<fbs::pipe::DumpResponse> EncodePipeDump(Builder& b, const TransportObject& of);
flatbuffers::Offset<fbs::pipe::GetStatsResponse> EncodePipeStats(Builder& b, const TransportObject& of, Timestamp now);

flatbuffers::Offset<fbs::direct::DumpResponse> EncodeDirectDump(Builder& b, const TransportObject& of);
flatbuffers::Offset<fbs::direct::GetStatsResponse> EncodeDirectStats(Builder& b, const TransportObject& of,
                                                                     Timestamp now);

inline fbs::transport::CongestionLimit ToWire(BandwidthController::Limit limit) {
  return static_cast<fbs::transport::CongestionLimit>(limit);
}
inline fbs::sctp::State ToWire(SctpState state) { return static_cast<fbs::sctp::State>(state); }
fbs::sctp::NegotiatedCapabilitiesT ToWire(const SctpCapabilitiesNegotiated& from);
inline fbs::webrtc::IceState ToWire(IceState state) { return static_cast<fbs::webrtc::IceState>(state); }
inline fbs::webrtc::DtlsState ToWire(DtlsState state) { return static_cast<fbs::webrtc::DtlsState>(state); }
inline fbs::webrtc::DtlsRole ToWire(DtlsRole role) { return static_cast<fbs::webrtc::DtlsRole>(role); }

}  // namespace sluice::wire
