#include "worker/wire/transport_wire.h"

#include <memory>
#include <utility>

#include "absl/strings/escaping.h"

namespace sluice::wire {
namespace {

fbs::net::Protocol ToWire(Protocol protocol) {
  return protocol == Protocol::kUdp ? fbs::net::Protocol::Udp : fbs::net::Protocol::Tcp;
}

template <class T>
std::unique_ptr<T> Boxed(T value) {
  return std::make_unique<T>(std::move(value));
}

template <class Pair, class Table>
std::vector<std::unique_ptr<Pair>> Pairs(const Table& table) {
  std::vector<std::unique_ptr<Pair>> out;
  for (const auto& [key, value] : table) {
    Pair pair;
    pair.key = key;
    pair.value = value;
    out.push_back(Boxed(std::move(pair)));
  }
  return out;
}

flatbuffers::Optional<uint8_t> IdOf(const rtp::ExtensionMap& map, rtp::HeaderExtension extension) {
  const uint8_t id = map.IdOf(extension);
  return id == 0 ? flatbuffers::Optional<uint8_t>() : flatbuffers::Optional<uint8_t>(id);
}

void AddSctp(const TransportObject& of, fbs::transport::DumpT& out) {
  const SctpAssociation* sctp_association = of.transport->sctp();
  if (!sctp_association) return;
  const fbs::transport::OptionsT& options = of.options;
  fbs::sctp::ParametersT sctp;
  sctp.port = SctpAssociation::kPort;
  sctp.max_send_message_size = options.max_send_message_size;
  sctp.max_receive_message_size = options.max_receive_message_size;
  sctp.send_buffer_size = options.sctp_send_buffer_size;
  sctp.per_stream_send_queue_limit = options.sctp_per_stream_send_queue_limit;
  sctp.max_receiver_window_buffer_size = options.sctp_max_receiver_window_buffer_size;
  sctp.is_data_channel = options.is_data_channel;
  out.sctp_parameters = Boxed(sctp);
  out.sctp_state = wire::ToWire(sctp_association->state());
  // Zeros until it is up.
  out.sctp_negotiated_capabilities =
      Boxed(wire::ToWire(sctp_association->capabilities().value_or(SctpCapabilitiesNegotiated{})));
  fbs::transport::SctpListenerT listener;
  for (const auto& [stream_id, producer] : of.transport->data().producer_by_stream()) {
    fbs::base::Uint16StringT entry;
    entry.key = stream_id;
    entry.value = producer->id();
    listener.stream_id_table.push_back(Boxed(entry));
  }
  out.sctp_listener = Boxed(std::move(listener));
}

}  // namespace

fbs::sctp::NegotiatedCapabilitiesT ToWire(const SctpCapabilitiesNegotiated& from) {
  fbs::sctp::NegotiatedCapabilitiesT out;
  out.negotiated_max_outbound_streams = from.outbound_streams;
  out.negotiated_max_inbound_streams = from.inbound_streams;
  return out;
}

std::unique_ptr<fbs::srtp::ParametersT> SrtpParameters(const TransportObject& of) {
  const auto& local = of.transport->local_srtp();
  if (!local) return nullptr;
  fbs::srtp::ParametersT out;
  out.crypto_suite = static_cast<fbs::srtp::CryptoSuite>(local->suite);
  out.key_base64 = absl::Base64Escape(local->key);
  return Boxed(std::move(out));
}

namespace {

std::unique_ptr<fbs::net::TupleT> RtpTuple(const TransportObject& of) {
  return Boxed(Tuple(of.transport->path_policy().tuple()->rtp(), of));
}

std::unique_ptr<fbs::net::TupleT> RtcpTuple(const TransportObject& of) {
  const auto& rtcp = of.transport->path_policy().tuple()->rtcp();
  return rtcp ? Boxed(Tuple(*rtcp, of)) : nullptr;
}

std::vector<std::unique_ptr<fbs::webrtc::IceCandidateT>> Candidates(const TransportObject& of) {
  std::vector<std::unique_ptr<fbs::webrtc::IceCandidateT>> out;
  for (const IceCandidate& from : of.candidates) {
    fbs::webrtc::IceCandidateT to;
    to.foundation = from.protocol == Protocol::kUdp ? "udpcandidate" : "tcpcandidate";
    to.priority = from.priority;
    to.address = from.address;
    to.protocol = ToWire(from.protocol);
    to.port = from.port;
    if (from.protocol == Protocol::kTcp) to.tcp_type = fbs::webrtc::IceCandidateTcpType::Passive;
    out.push_back(Boxed(std::move(to)));
  }
  return out;
}

std::unique_ptr<fbs::webrtc::DtlsParametersT> DtlsParametersOf(const TransportObject& of, const DtlsContext& dtls) {
  fbs::webrtc::DtlsParametersT out;
  for (size_t i = 0; i < dtls.fingerprints().size(); ++i) {
    fbs::webrtc::FingerprintT to;
    to.algorithm = static_cast<fbs::webrtc::FingerprintAlgorithm>(i);  // both in the order sha-1 ... sha-512
    to.value = dtls.fingerprints()[i].value;
    out.fingerprints.push_back(Boxed(std::move(to)));
  }
  const DtlsSession* session = of.transport->protection().dtls();
  out.role = wire::ToWire(session ? session->role() : DtlsRole::kAuto);
  return Boxed(std::move(out));
}

std::unique_ptr<fbs::net::TupleT> SelectedTuple(const TransportObject& of) {
  const Path* path = of.transport->path_policy().ice()->selected_path();
  return path ? Boxed(Tuple(*path, of)) : nullptr;
}

DtlsState DtlsStateOf(const TransportObject& of) {
  const DtlsSession* session = of.transport->protection().dtls();
  return session ? session->state() : DtlsState::kNew;
}

}  // namespace

fbs::net::TupleT Tuple(const Path& path, const TransportObject& of) {
  fbs::net::TupleT out;
  out.local_address = path.local.IpString();
  for (const Listening& listening : of.sockets()) {
    const bool same = listening.protocol == path.protocol && listening.local == path.local;
    if (same && !listening.announced.empty()) out.local_address = listening.announced;
  }
  out.local_port = path.local.port();
  if (path.remote.is_set()) {
    out.remote_ip = path.remote.IpString();
    out.remote_port = path.remote.port();
  }
  out.protocol = ToWire(path.protocol);
  return out;
}

fbs::transport::DumpT BaseDump(const TransportObject& of) {
  const Transport& t = *of.transport;
  fbs::transport::DumpT out;
  out.id = of.id;
  out.direct = of.kind == TransportKind::kDirect;
  for (const auto& producer : t.producers()) out.producer_ids.push_back(producer->id());
  for (const auto& consumer : t.consumers()) {
    out.consumer_ids.push_back(consumer->id());
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      const RtpStreamParameters& params = consumer->stream(i).params();
      fbs::base::Uint32StringT entry;
      entry.key = params.ssrc.value();
      entry.value = consumer->id();
      out.map_ssrc_consumer_id.push_back(Boxed(entry));
      if (!params.rtx_ssrc) continue;
      entry.key = params.rtx_ssrc->value();
      out.map_rtx_ssrc_consumer_id.push_back(Boxed(entry));
    }
  }
  for (const auto& producer : t.data().producers()) out.data_producer_ids.push_back(producer->id());
  for (const auto& consumer : t.data().consumers()) out.data_consumer_ids.push_back(consumer->id());
  const rtp::ExtensionMap& extensions = t.demuxer().extensions();
  fbs::transport::RecvRtpHeaderExtensionsT recv;
  recv.mid = IdOf(extensions, rtp::HeaderExtension::kMid);
  recv.rid = IdOf(extensions, rtp::HeaderExtension::kRid);
  recv.rrid = IdOf(extensions, rtp::HeaderExtension::kRepairedRid);
  recv.abs_send_time = IdOf(extensions, rtp::HeaderExtension::kAbsSendTime);
  recv.transport_wide_cc01 = IdOf(extensions, rtp::HeaderExtension::kTransportWideCc);
  out.recv_rtp_header_extensions = Boxed(recv);
  fbs::transport::RtpListenerT listener;
  listener.ssrc_table = Pairs<fbs::base::Uint32StringT>(t.demuxer().SsrcTable());
  listener.mid_table = Pairs<fbs::base::StringStringT>(t.demuxer().MidTable());
  listener.rid_table = Pairs<fbs::base::StringStringT>(t.demuxer().RidTable());
  out.rtp_listener = Boxed(std::move(listener));
  out.max_send_message_size = of.options.max_send_message_size;
  out.max_receive_message_size = of.options.max_receive_message_size;
  AddSctp(of, out);
  out.trace_event_types = of.trace_types;
  return out;
}

fbs::transport::StatsT BaseStats(const TransportObject& of, Timestamp now) {
  const TransportStats from = of.transport->Stats(now);
  const BitrateSettings& limits = of.transport->bitrates();
  auto rate = [](DataRate r) { return static_cast<uint64_t>(r.bps()); };
  auto limit = [](DataRate r) {
    return r > DataRate::Zero() ? flatbuffers::Optional<uint64_t>(static_cast<uint64_t>(r.bps()))
                                : flatbuffers::Optional<uint64_t>();
  };
  fbs::transport::StatsT out;
  out.transport_id = of.id;
  out.timestamp = static_cast<uint64_t>(now.ms());
  if (from.sctp_state) out.sctp_state = wire::ToWire(*from.sctp_state);
  out.bytes_received = from.received.bytes;
  out.recv_bitrate = rate(from.received.rate);
  out.bytes_sent = from.sent.bytes;
  out.send_bitrate = rate(from.sent.rate);
  out.rtp_bytes_received = from.rtp_received.bytes;
  out.rtp_recv_bitrate = rate(from.rtp_received.rate);
  out.rtp_bytes_sent = from.rtp_sent.bytes;
  out.rtp_send_bitrate = rate(from.rtp_sent.rate);
  out.rtx_bytes_received = from.rtx_received.bytes;
  out.rtx_recv_bitrate = rate(from.rtx_received.rate);
  out.rtx_bytes_sent = from.rtx_sent.bytes;
  out.rtx_send_bitrate = rate(from.rtx_sent.rate);
  out.probation_bytes_sent = from.probation_sent.bytes;
  out.probation_send_bitrate = rate(from.probation_sent.rate);
  if (from.available_incoming) out.available_incoming_bitrate = rate(*from.available_incoming);
  if (from.available_outgoing) out.available_outgoing_bitrate = rate(*from.available_outgoing);
  out.max_incoming_bitrate = limit(limits.max_incoming);
  out.max_outgoing_bitrate = limit(limits.max_outgoing);
  out.min_outgoing_bitrate = limit(limits.min_outgoing);
  out.rtp_packet_loss_received = from.rtp_loss_received;
  out.rtp_packet_loss_sent = from.rtp_loss_sent;
  return out;
}

flatbuffers::Offset<fbs::transport::GetCongestionStatsResponse> EncodeCongestionStats(Builder& b,
                                                                                      const CongestionControl* of,
                                                                                      Timestamp now) {
  fbs::transport::GetCongestionStatsResponseT out;
  if (!of) return fbs::transport::CreateGetCongestionStatsResponse(b, &out);
  const BandwidthController::Snapshot from = of->snapshot();
  const auto rate = [](DataRate r) { return static_cast<uint64_t>(r.bps()); };
  const auto ms = [](TimeDelta t) { return static_cast<float>(t.seconds() * 1000); };
  fbs::transport::CongestionStatsT stats;
  stats.timestamp = static_cast<uint64_t>(now.ms());
  stats.active = of->active();
  stats.target_bitrate = rate(from.target);
  stats.delay_based_bitrate = rate(from.delay_based);
  stats.loss_based_bitrate = rate(from.loss_based);
  if (from.acked) stats.acked_bitrate = rate(*from.acked);
  if (from.link_capacity) stats.link_capacity = rate(*from.link_capacity);
  stats.queue_delay = ms(from.queue_delay);
  stats.pacer_queue_time = ms(of->queue_time());
  if (from.rtt) stats.round_trip_time = ms(*from.rtt);
  stats.loss = from.loss;
  stats.limit = ToWire(from.limit);
  stats.competing = from.competing;
  stats.wanted_bitrate = rate(of->wanted());
  stats.allocated_bitrate = rate(of->allocated());
  stats.probes = from.probes;
  stats.circuit_breaks = of->circuit_breaks();
  out.stats = Boxed(std::move(stats));
  return fbs::transport::CreateGetCongestionStatsResponse(b, &out);
}

absl::StatusOr<DataRate> DecodeRate(uint64_t bps, std::string_view field) {
  if (bps > static_cast<uint64_t>(INT64_MAX)) return absl::InvalidArgumentError(fmt::format("{} is too large", field));
  return DataRate::BitsPerSec(static_cast<int64_t>(bps));
}

flatbuffers::Offset<fbs::webrtc::DumpResponse> EncodeWebRtcDump(Builder& b, const TransportObject& of,
                                                                const DtlsContext& dtls) {
  const IceLiteAgent& ice = *of.transport->path_policy().ice();
  fbs::webrtc::DumpResponseT out;
  out.base = Boxed(BaseDump(of));
  out.ice_role = fbs::webrtc::IceRole::Controlled;
  fbs::webrtc::IceParametersT parameters;
  parameters.username_fragment = ice.local_credentials().ufrag;
  parameters.password = ice.local_credentials().password;
  parameters.ice_lite = true;
  out.ice_parameters = Boxed(std::move(parameters));
  out.ice_candidates = Candidates(of);
  out.ice_state = ToWire(ice.state());
  out.ice_selected_tuple = SelectedTuple(of);
  out.dtls_parameters = DtlsParametersOf(of, dtls);
  out.dtls_state = ToWire(DtlsStateOf(of));
  return fbs::webrtc::CreateDumpResponse(b, &out);
}

flatbuffers::Offset<fbs::webrtc::GetStatsResponse> EncodeWebRtcStats(Builder& b, const TransportObject& of,
                                                                     Timestamp now) {
  fbs::webrtc::GetStatsResponseT out;
  out.base = Boxed(BaseStats(of, now));
  out.ice_role = fbs::webrtc::IceRole::Controlled;
  out.ice_state = ToWire(of.transport->path_policy().ice()->state());
  out.ice_selected_tuple = SelectedTuple(of);
  out.dtls_state = ToWire(DtlsStateOf(of));
  return fbs::webrtc::CreateGetStatsResponse(b, &out);
}

flatbuffers::Offset<fbs::plain::DumpResponse> EncodePlainDump(Builder& b, const TransportObject& of) {
  fbs::plain::DumpResponseT out;
  out.base = Boxed(BaseDump(of));
  out.rtcp_mux = of.transport->path_policy().tuple()->rtcp_mux();
  out.comedia = of.transport->path_policy().tuple()->comedia();
  out.tuple = RtpTuple(of);
  out.rtcp_tuple = RtcpTuple(of);
  out.srtp_parameters = SrtpParameters(of);
  return fbs::plain::CreateDumpResponse(b, &out);
}

flatbuffers::Offset<fbs::plain::GetStatsResponse> EncodePlainStats(Builder& b, const TransportObject& of,
                                                                   Timestamp now) {
  fbs::plain::GetStatsResponseT out;
  out.base = Boxed(BaseStats(of, now));
  out.rtcp_mux = of.transport->path_policy().tuple()->rtcp_mux();
  out.comedia = of.transport->path_policy().tuple()->comedia();
  out.tuple = RtpTuple(of);
  out.rtcp_tuple = RtcpTuple(of);
  return fbs::plain::CreateGetStatsResponse(b, &out);
}

flatbuffers::Offset<fbs::pipe::DumpResponse> EncodePipeDump(Builder& b, const TransportObject& of) {
  fbs::pipe::DumpResponseT out;
  out.base = Boxed(BaseDump(of));
  out.tuple = RtpTuple(of);
  out.rtx = of.enable_rtx;
  out.srtp_parameters = SrtpParameters(of);
  return fbs::pipe::CreateDumpResponse(b, &out);
}

flatbuffers::Offset<fbs::pipe::GetStatsResponse> EncodePipeStats(Builder& b, const TransportObject& of, Timestamp now) {
  fbs::pipe::GetStatsResponseT out;
  out.base = Boxed(BaseStats(of, now));
  out.tuple = RtpTuple(of);
  return fbs::pipe::CreateGetStatsResponse(b, &out);
}

flatbuffers::Offset<fbs::direct::DumpResponse> EncodeDirectDump(Builder& b, const TransportObject& of) {
  fbs::direct::DumpResponseT out;
  out.base = Boxed(BaseDump(of));
  return fbs::direct::CreateDumpResponse(b, &out);
}

flatbuffers::Offset<fbs::direct::GetStatsResponse> EncodeDirectStats(Builder& b, const TransportObject& of,
                                                                     Timestamp now) {
  fbs::direct::GetStatsResponseT out;
  out.base = Boxed(BaseStats(of, now));
  return fbs::direct::CreateGetStatsResponse(b, &out);
}

}  // namespace sluice::wire
