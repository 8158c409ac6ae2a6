#include "test/fuzz/library_world.h"

#include <sys/socket.h>
#include <unistd.h>

#include "channel/verify.h"
#include "rtc/base/check.h"
#include "test/support/control/full_table.h"

namespace sluice::control {
namespace {

using namespace controller;  // NOLINT(google-build-using-namespace): this is about everything in it

// As long as those that the library makes.
constexpr char kRouterId[] = "00000000-0000-4000-8000-00000000000a";
constexpr char kOtherRouterId[] = "00000000-0000-4000-8000-00000000000b";
constexpr char kServerId[] = "00000000-0000-4000-8000-00000000000c";

RtpCapabilities Capabilities() {
  return RouterRtpCapabilities({{.kind = MediaKind::kVideo, .mime_type = "video/VP8", .clock_rate = 90000}}).value();
}

ProducerOptions Video(std::string id) {
  return {.kind = MediaKind::kVideo,
          .rtp_parameters = {.mid = "1",
                             .codecs = {{.mime_type = "video/VP8", .payload_type = 96, .clock_rate = 90000}},
                             .encodings = {{.rid = "r0"}, {.rid = "r1"}},
                             .rtcp = {.cname = "me"}},
          .id = std::move(id)};
}

// Reads it all, for the sanitizers to see.
void Touch(std::span<const uint8_t> bytes) {
  volatile uint8_t sum = 0;
  for (const uint8_t byte : bytes) sum = static_cast<uint8_t>(sum + byte);
}

bool Has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

template <class T>
Callback<std::shared_ptr<T>> Into(std::shared_ptr<T>& made) {
  return [&made](absl::StatusOr<std::shared_ptr<T>> result) { made = result.value(); };
}

}  // namespace

std::vector<std::string> AnswersTo(const std::string& method) {
  for (std::string_view kind : {"WebRtc", "Plain", "Pipe", "Direct"}) {
    if (Has(method, "RouterCreate" + std::string(kind))) return {std::string(kind) + "TransportDump"};
  }
  if (method == "TransportDump" || method == "TransportGetStats") {
    return {"WebRtc" + method, "Plain" + method, "Pipe" + method, "Direct" + method};
  }
  if (method == "TransportProduceData") return {"DataProducerDump"};
  if (method == "TransportConsumeData") return {"DataConsumerDump"};
  return {method};
}

LibraryWorld::LibraryWorld(const Schema& schema) : schema_(schema) {
  SLUICE_CHECK(uv_loop_init(&loop_) == 0);
  int to_library[2], from_library[2];
  SLUICE_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to_library) == 0);
  SLUICE_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, from_library) == 0);
  to_library_ = to_library[0];
  from_library_ = from_library[0];
  connection_ = std::make_shared<Connection>(&loop_, std::chrono::hours(1), Connection::Callbacks{});
  SLUICE_CHECK(connection_->channel().Open(to_library[1], from_library[1]));
  connection_->channel().Start();
  MakeObjects();
  SetHandlers();
  AskEverything();
  AskTransports();
  Settle();
  Collect();
}

LibraryWorld::~LibraryWorld() {
  router_->Close();
  other_router_->Close();
  server_->Close();
  connection_->Close(absl::CancelledError("the input is over"));
  Settle();
  SLUICE_CHECK(ended_ == calls_);
  webrtc_ = nullptr, plain_ = nullptr, pipe_ = nullptr, direct_ = nullptr;
  producer_ = nullptr, consumer_ = nullptr, data_producer_ = nullptr, data_consumer_ = nullptr;
  levels_ = nullptr, speaker_ = nullptr, router_ = nullptr, other_router_ = nullptr, server_ = nullptr;
  SLUICE_CHECK(connection_.use_count() == 1);
  connection_ = nullptr;
  uv_run(&loop_, UV_RUN_DEFAULT);
  SLUICE_CHECK(uv_loop_close(&loop_) == 0);
  close(to_library_);
  close(from_library_);
}

void LibraryWorld::Settle() {
  for (int i = 0; i < 4; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
}

void LibraryWorld::Receive(std::span<const uint8_t> bytes) {
  // It may have closed the pipe, or the bytes may end in the middle of a frame.
  static_cast<void>(send(to_library_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  Settle();
}

void LibraryWorld::Collect() {
  uint8_t bytes[4096];
  for (;;) {
    const ssize_t size = recv(from_library_, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (size <= 0) return;
    assembler_.Feed({bytes, static_cast<size_t>(size)}, [this](std::span<const uint8_t> frame) {
      SLUICE_CHECK(VerifyFrame(frame) == FrameState::kGood);
      if (const auto* request = MessageOf(frame).data_as_Request()) {
        requests_.push_back({request->id(), fbs::request::EnumNameMethod(request->method())});
      }
      return true;
    });
  }
}

void LibraryWorld::Answer() {
  Settle();
  Collect();
  for (const Request& request : std::exchange(requests_, {})) {
    Node message{.table = &schema_.message()};
    SetUnion(schema_, message, "data", "Response");
    Node& response = *message.Find("data");
    response["id"].number = request.id;
    SLUICE_CHECK(SetUnion(schema_, response, "body", AnswersTo(request.method).front()) ||
                 Has(request.method, "Create"));
    Receive(schema_.Write(message));
  }
}

void LibraryWorld::MakeObjects() {
  router_ = std::make_shared<Router>(connection_, kRouterId, std::weak_ptr<Worker>(), Capabilities());
  other_router_ = std::make_shared<Router>(connection_, kOtherRouterId, std::weak_ptr<Worker>(), Capabilities());
  server_ = std::make_shared<WebRtcServer>(connection_, kServerId, std::weak_ptr<Worker>());
  router_->CreateWebRtcTransport({.webrtc_server = server_}, Into(webrtc_));
  router_->CreatePlainTransport({}, Into(plain_));
  router_->CreatePipeTransport({}, Into(pipe_));
  router_->CreateDirectTransport({}, Into(direct_));
  router_->CreateAudioLevelObserver({}, Into(levels_));
  router_->CreateActiveSpeakerObserver({}, Into(speaker_));
  Answer();
  webrtc_->Produce(Video("text"), Into(producer_));  // the id that is in every full table
  webrtc_->ProduceData({.sctp_stream_parameters = SctpStreamParameters{.stream_id = 1, .ordered = true}},
                       Into(data_producer_));
  Answer();
  webrtc_->Consume({.producer_id = producer_->id(), .rtp_capabilities = router_->rtp_capabilities()}, Into(consumer_));
  webrtc_->ConsumeData({.data_producer_id = data_producer_->id()}, Into(data_consumer_));
  Answer();
  ids_ = {router_->id(), server_->id(),   webrtc_->id(),        plain_->id(),  pipe_->id(),
          direct_->id(), consumer_->id(), data_consumer_->id(), levels_->id(), speaker_->id()};
}

void LibraryWorld::SetHandlers() {
  consumer_->on.rtp = Touch;
  consumer_->on.score = [](const auto&) {};
  consumer_->on.layers_changed = [](auto) {};
  consumer_->on.trace = [](const auto&) {};
  consumer_->on.closed = [](auto) {};
  producer_->on.score = [](const auto&) {};
  producer_->on.video_orientation = [](auto) {};
  producer_->on.trace = [](const auto&) {};
  data_consumer_->on.message = [](std::span<const uint8_t> bytes, uint32_t) { Touch(bytes); };
  data_consumer_->on.buffered_amount_low = [](uint32_t) {};
  // Closed by a handler of their own, of all times.
  data_consumer_->on.send_buffer_full = [this] { data_consumer_->Close(); };
  direct_->on.rtcp = [this](std::span<const uint8_t> bytes) {
    Touch(bytes);
    direct_->Close();
  };
  webrtc_->on.ice_selected_tuple = [](const auto&) {};
  webrtc_->on.dtls_state = [](auto) {};
  webrtc_->on.sctp_state = [](auto) {};
  webrtc_->on.trace = [](const auto&) {};
  plain_->on.tuple = [](const auto&) {};
  plain_->on.rtcp_tuple = [](const auto&) {};
  levels_->on.volumes = [](const auto&) {};
  levels_->on.silence = [this] { levels_->Close(); };
  speaker_->on.dominant_speaker = [](const auto&) {};
}

void LibraryWorld::AskEverything() {
  router_->Dump(Value<RouterDump>());
  router_->CreateWebRtcTransport({.webrtc_server = server_}, Value<std::shared_ptr<WebRtcTransport>>());
  router_->CreatePlainTransport({}, Value<std::shared_ptr<PlainTransport>>());
  router_->CreatePipeTransport({}, Value<std::shared_ptr<PipeTransport>>());
  router_->CreateDirectTransport({}, Value<std::shared_ptr<DirectTransport>>());
  router_->CreateAudioLevelObserver({}, Value<std::shared_ptr<AudioLevelObserver>>());
  router_->PipeToRouter({.producer_id = producer_->id(), .router = other_router_}, Value<PipedProducer>());
  server_->Dump(Value<WebRtcServerDump>());
  producer_->Dump(Value<ProducerDump>());
  producer_->GetStats(Value<std::vector<RtpStreamStats>>());
  consumer_->Dump(Value<ConsumerDump>());
  consumer_->GetStats(Value<std::vector<RtpStreamStats>>());
  consumer_->SetPreferredLayers({.spatial = 1}, Outcome());
  data_producer_->Dump(Value<DataProducerDump>());
  data_producer_->GetStats(Value<DataProducerStats>());
  data_consumer_->Dump(Value<DataConsumerDump>());
  data_consumer_->GetStats(Value<DataConsumerStats>());
  data_consumer_->SendText("hello", Value<uint32_t>());
  data_consumer_->GetBufferedAmount(Value<uint32_t>());
  data_consumer_->SetSubchannels({1, 2}, Outcome());
  data_consumer_->AddSubchannel(3, Outcome());
  data_consumer_->RemoveSubchannel(3, Outcome());
  webrtc_->Produce(Video("another"), Value<std::shared_ptr<Producer>>());
  webrtc_->Consume({.producer_id = producer_->id(), .rtp_capabilities = router_->rtp_capabilities()},
                   Value<std::shared_ptr<Consumer>>());
  webrtc_->ProduceData({.sctp_stream_parameters = SctpStreamParameters{.stream_id = 2, .ordered = true}},
                       Value<std::shared_ptr<DataProducer>>());
  webrtc_->ConsumeData({.data_producer_id = data_producer_->id()}, Value<std::shared_ptr<DataConsumer>>());
}

void LibraryWorld::AskTransports() {
  webrtc_->Transport::Dump(Value<TransportDump>());
  webrtc_->Dump(Value<WebRtcTransportDump>());
  plain_->Dump(Value<PlainTransportDump>());
  pipe_->Dump(Value<PipeTransportDump>());
  direct_->Dump(Value<DirectTransportDump>());
  webrtc_->GetStats(Value<WebRtcTransportStats>());
  plain_->GetStats(Value<PlainTransportStats>());
  pipe_->GetStats(Value<PipeTransportStats>());
  direct_->GetStats(Value<DirectTransportStats>());
  webrtc_->RestartIce(Value<IceParameters>());
  webrtc_->Connect({.fingerprints = {{"sha-256", "AB:CD"}}}, Outcome());
  plain_->Connect({.ip = "192.0.2.1", .port = 1}, Outcome());
  pipe_->Connect({.ip = "192.0.2.1", .port = 1}, Outcome());
  webrtc_->GetCongestionStats(Value<std::optional<CongestionStats>>());
}

}  // namespace sluice::control
