#include <utility>

#include "rtc/data/subchannel_prefix.h"
#include "rtc/srtp/srtp_suite.h"
#include "worker/handlers/handlers.h"

namespace sluice::handlers {
namespace {

// RFC 8445 section 5.1.2.1 with the type preference of host candidates and component 1.
uint32_t CandidatePriority(uint32_t local_preference) { return (126u << 24) + (local_preference << 8) + 255; }

// One candidate for each address, in the order given; what comes earlier is preferred, and of a server's sockets those
// of the preferred protocol.
std::vector<IceCandidate> CandidatesFor(const std::vector<const Listening*>& listening, bool prefer_udp,
                                        bool prefer_tcp) {
  constexpr uint32_t kFirst = 10'000, kStep = 100, kPreferred = 20'000;
  std::vector<IceCandidate> out;
  uint32_t preference = kFirst;
  for (const Listening* l : listening) {
    const bool preferred = l->protocol == Protocol::kUdp ? prefer_udp : prefer_tcp;
    auto add = [&](std::string address) {
      out.push_back({.priority = CandidatePriority(preference + (preferred ? kPreferred : 0)),
                     .address = std::move(address),
                     .protocol = l->protocol,
                     .port = l->local.port()});
      preference -= preference > kStep ? kStep : 0;
    };
    add(l->public_address());
    if (!l->announced.empty() && l->expose_internal) add(l->local.IpString());
  }
  return out;
}

void Unpack(const fbs::transport::Options* from, TransportObject& to) {
  if (from) from->UnPackTo(&to.options);
}

// Decides which sockets a WebRTC transport uses: a server's, or new ones.
absl::StatusOr<std::vector<const Listening*>> ChooseSockets(Call& call, const fbs::webrtc::Options& options,
                                                            TransportObject& object) {
  std::vector<const Listening*> usable;
  if (const auto* server = options.listen_as_Server()) {
    const std::string id = server->web_rtc_server_id() ? server->web_rtc_server_id()->str() : "";
    object.server = call.core.objects.Find<WebRtcServerObject>(id);
    if (!object.server) return NotFound("WebRtcServer", id);
    for (const Listening& l : object.server->listening) {
      if (l.protocol == Protocol::kUdp ? options.enable_udp() : options.enable_tcp()) usable.push_back(&l);
    }
    if (usable.empty()) return absl::InvalidArgumentError("listen: the WebRtcServer has no socket that is enabled");
    return usable;
  }
  const auto* individual = options.listen_as_Individual();
  if (!individual) return Missing("listen");
  auto requests = wire::DecodeListenInfos(individual->listen_infos(), call.core.settings);
  if (!requests.ok()) return requests.status();
  auto listening = ListenAll(call.core, *requests);
  if (!listening.ok()) return listening.status();
  object.listening = *std::move(listening);
  for (const Listening& l : object.listening) usable.push_back(&l);
  return usable;
}

struct PlainSetup {
  wire::ListenRequest rtp;
  std::optional<wire::ListenRequest> rtcp;
  std::optional<SrtpSuite> suite;
  bool comedia = false;
};

// The part that plain and pipe transports share: sockets, keys, the transport itself.
absl::Status CreateOnTuple(Call& call, RouterObject& router, std::unique_ptr<TransportObject> object,
                           PlainSetup setup) {
  std::vector<wire::ListenRequest> requests{setup.rtp};
  if (setup.rtcp) requests.push_back(*setup.rtcp);
  for (const auto& request : requests) {
    if (request.options.protocol != Protocol::kUdp) {
      return absl::InvalidArgumentError("listenInfo.protocol: only UDP is possible");
    }
  }
  auto sctp = wire::DecodeSctp(object->options);
  if (!sctp.ok()) return sctp.status();
  PlainTransportConfig config{
      .id = object->id, .rtcp_mux = !setup.rtcp, .comedia = setup.comedia, .srtp_suite = setup.suite, .sctp = *sctp};
  if (config.sctp && object->kind == TransportKind::kPipe) {
    // The limits are those of messages; what sub-channels need in front comes on top.
    config.sctp->max_send_message_size += kMaxSubchannelPrefix;
    config.sctp->max_receive_message_size += kMaxSubchannelPrefix;
  }
  auto listening = ListenAll(call.core, requests);
  if (!listening.ok()) return listening.status();
  auto path_of = [](const Listening& l) { return Path{.socket = l.socket, .local = l.local}; };
  config.rtp = path_of(listening->front());
  if (setup.rtcp) config.rtcp = path_of(listening->back());
  object->listening = *listening;
  auto transport = Transport::CreatePlain(std::move(config), call.core.TransportEnv(), call.turn.now);
  absl::Status status = InsertTransport(call, router, std::move(object), std::move(transport));
  if (!status.ok()) {
    for (const Listening& l : *listening) call.core.media.network().Close(l.socket);
  }
  return status;
}

}  // namespace

absl::Status InsertTransport(Call& call, RouterObject& router, std::unique_ptr<TransportObject> object,
                             std::unique_ptr<Transport> transport) {
  auto added = router.router->AddTransport(std::move(transport));
  if (!added.ok()) return added.status();
  object->transport = *added;
  object->router = &router;
  Dispatcher& dispatcher = call.core.media.dispatcher();
  if (object->kind != TransportKind::kWebRtc) {
    for (const Listening& l : object->listening) dispatcher.SetOwner(l.socket, **added);
  }
  call.core.objects.Add(object->id, object.get());
  call.core.media.Touch(**added);
  const TransportObject& key = *object;
  router.transports.Add(key, std::move(object));
  return absl::OkStatus();
}

Result RouterCreateWebRtcTransport(Call& call, RouterObject& router,
                                   const fbs::router::CreateWebRtcTransportRequest& body) {
  auto id = NewId(call.core, body.transport_id(), "transportId");
  if (!id.ok()) return id.status();
  if (!body.options()) return Missing("options");
  const fbs::webrtc::Options& options = *body.options();
  auto object = std::make_unique<TransportObject>();
  object->id = *id;
  object->kind = TransportKind::kWebRtc;
  Unpack(options.base(), *object);
  auto sctp = wire::DecodeSctp(object->options);
  if (!sctp.ok()) return sctp.status();
  auto usable = ChooseSockets(call, options, *object);
  if (!usable.ok()) return usable.status();

  WebRtcTransportConfig config{.id = *id,
                               .ice = IceCredentials::Random(),
                               .consent_timeout = wire::DecodeConsentTimeout(options.ice_consent_timeout()),
                               .sctp = *sctp};
  if (const auto initial = object->options.initial_available_outgoing_bitrate) {
    auto rate = wire::DecodeRate(*initial, "initialAvailableOutgoingBitrate");
    if (!rate.ok()) return rate.status();
    if (*rate > DataRate::Zero()) config.initial_outgoing = *rate;
  }
  const bool of_server = object->server != nullptr;
  object->candidates = CandidatesFor(*usable, of_server && options.prefer_udp(), of_server && options.prefer_tcp());
  object->ufrags.push_back(config.ice.ufrag);
  const std::string ufrag = config.ice.ufrag;
  TransportObject* created = object.get();
  auto transport = Transport::CreateWebRtc(std::move(config), call.core.TransportEnv(), call.turn.now);
  auto status = InsertTransport(call, router, std::move(object), std::move(transport));
  if (!status.ok()) return status;
  for (const Listening* l : *usable) call.core.media.dispatcher().AddUfrag(l->socket, ufrag, *created->transport);
  if (created->server) created->server->transports.Add(*created, created);
  return Answer{fbs::response::Body::WebRtcTransportDump,
                wire::EncodeWebRtcDump(call.b, *created, *call.core.dtls).Union()};
}

Result RouterCreatePlainTransport(Call& call, RouterObject& router,
                                  const fbs::router::CreatePlainTransportRequest& body) {
  auto id = NewId(call.core, body.transport_id(), "transportId");
  if (!id.ok()) return id.status();
  if (!body.options()) return Missing("options");
  const fbs::plain::Options& options = *body.options();
  PlainSetup setup{.comedia = options.comedia()};
  auto rtp = wire::DecodeListenInfo(options.listen_info(), call.core.settings, "listenInfo");
  if (!rtp.ok()) return rtp.status();
  setup.rtp = *rtp;
  if (!options.rtcp_mux()) {
    setup.rtcp = *rtp;  // another port of the same address, unless it has its own
    setup.rtcp->options.address = rtp->options.address.WithPort(0);
    if (options.rtcp_listen_info()) {
      auto rtcp = wire::DecodeListenInfo(options.rtcp_listen_info(), call.core.settings, "rtcpListenInfo");
      if (!rtcp.ok()) return rtcp.status();
      setup.rtcp = *rtcp;
    }
  }
  if (options.enable_srtp()) {
    const auto suite = options.srtp_crypto_suite();
    if (suite && *suite > fbs::srtp::CryptoSuite::MAX) return absl::InvalidArgumentError("srtpCryptoSuite: not known");
    setup.suite = suite ? static_cast<SrtpSuite>(*suite) : SrtpSuite::kAesCm128HmacSha1_80;
  }
  auto object = std::make_unique<TransportObject>();
  object->id = *id;
  object->kind = TransportKind::kPlain;
  Unpack(options.base(), *object);
  TransportObject* created = object.get();
  if (auto status = CreateOnTuple(call, router, std::move(object), std::move(setup)); !status.ok()) return status;
  return Answer{fbs::response::Body::PlainTransportDump, wire::EncodePlainDump(call.b, *created).Union()};
}

Result RouterCreatePipeTransport(Call& call, RouterObject& router,
                                 const fbs::router::CreatePipeTransportRequest& body) {
  auto id = NewId(call.core, body.transport_id(), "transportId");
  if (!id.ok()) return id.status();
  if (!body.options()) return Missing("options");
  PlainSetup setup;
  auto listen = wire::DecodeListenInfo(body.options()->listen_info(), call.core.settings, "listenInfo");
  if (!listen.ok()) return listen.status();
  setup.rtp = *listen;
  if (body.options()->enable_srtp()) setup.suite = SrtpSuite::kAeadAes256Gcm;
  auto object = std::make_unique<TransportObject>();
  object->id = *id;
  object->kind = TransportKind::kPipe;
  object->enable_rtx = body.options()->enable_rtx();
  Unpack(body.options()->base(), *object);
  TransportObject* created = object.get();
  if (auto status = CreateOnTuple(call, router, std::move(object), std::move(setup)); !status.ok()) return status;
  return Answer{fbs::response::Body::PipeTransportDump, wire::EncodePipeDump(call.b, *created).Union()};
}

}  // namespace sluice::handlers
