// Between the plain structs of the public headers and the tables of the control protocol. Not for users of the library.
// Tables from a worker may lack anything; what is missing becomes a default.
#pragma once

#include <memory>
#include <vector>

#include "controller/consumer.h"
#include "controller/ortc.h"
#include "controller/pipe_transport.h"
#include "controller/plain_transport.h"
#include "controller/producer.h"
#include "controller/rtp_parameters.h"
#include "controller/stats.h"
#include "controller/status.h"
#include "controller/webrtc_transport.h"
#include "fbs/message_generated.h"

namespace sluice::controller {

fbs::rtp::MediaKind ToFbs(MediaKind kind);
fbs::rtp::StreamType ToFbs(RtpType type);
RtpType FromFbs(fbs::rtp::StreamType type);
std::unique_ptr<fbs::rtp::RtpParametersT> ToFbs(const RtpParameters& parameters);
std::unique_ptr<fbs::rtp::EncodingParametersT> ToFbs(const RtpEncodingParameters& encoding);
MediaKind FromFbs(fbs::rtp::MediaKind kind);
RtpParameters FromFbs(const fbs::rtp::RtpParameters* parameters);
RtpEncodingParameters FromFbs(const fbs::rtp::EncodingParameters& encoding);
RtpMapping FromFbs(const fbs::rtp::Mapping* mapping);
std::unique_ptr<fbs::rtp::MappingT> ToFbs(const RtpMapping& mapping);

std::unique_ptr<fbs::net::ListenInfoT> ToFbs(const ListenInfo& info);
TransportTuple FromFbs(const fbs::net::Tuple* tuple);
std::optional<TransportTuple> OptionalFromFbs(const fbs::net::Tuple* tuple);

// Of any kind of transport but the direct ones; what only some have is left to the caller.
std::unique_ptr<fbs::transport::OptionsT> TransportOptionsToFbs(const SctpOptions& sctp, bool is_data_channel);
SctpState FromFbs(fbs::sctp::State state);
std::optional<SctpParameters> FromFbs(const fbs::sctp::Parameters* parameters);
std::optional<SctpNegotiatedCapabilities> FromFbs(const fbs::sctp::NegotiatedCapabilities* capabilities);
Transport::Sctp SctpFromFbs(const fbs::transport::Dump* dump);
std::unique_ptr<fbs::sctp::StreamParametersT> ToFbs(const SctpStreamParameters& parameters);
std::optional<SctpStreamParameters> FromFbs(const fbs::sctp::StreamParameters* parameters);

IceState FromFbs(fbs::webrtc::IceState state);
DtlsState FromFbs(fbs::webrtc::DtlsState state);
DtlsRole FromFbs(fbs::webrtc::DtlsRole role);
absl::StatusOr<std::unique_ptr<fbs::webrtc::DtlsParametersT>> ToFbs(const DtlsParameters& parameters);
WebRtcTransport::Data FromFbs(const fbs::webrtc::DumpResponse& dump);

absl::StatusOr<fbs::srtp::CryptoSuite> CryptoSuiteToFbs(const std::string& suite);
absl::StatusOr<std::unique_ptr<fbs::srtp::ParametersT>> ToFbs(const SrtpParameters& parameters);
std::optional<SrtpParameters> FromFbs(const fbs::srtp::Parameters* parameters);
PlainTransport::Data FromFbs(const fbs::plain::DumpResponse& dump);
PipeTransport::Data FromFbs(const fbs::pipe::DumpResponse& dump);

DataProducerDump FromFbs(const fbs::data::ProducerDumpResponse& dump);
DataConsumerDump FromFbs(const fbs::data::ConsumerDumpResponse& dump);

void FromFbs(const fbs::transport::Stats* stats, TransportStats& result);
std::optional<CongestionStats> FromFbs(const fbs::transport::CongestionStats* stats);
std::vector<RtpStreamStats> FromFbs(const flatbuffers::Vector<flatbuffers::Offset<fbs::stream::Stats>>* stats);

ConsumerScore FromFbs(const fbs::consumer::Score* score);
std::optional<ConsumerLayers> FromFbs(const fbs::consumer::Layers* layers);

}  // namespace sluice::controller
