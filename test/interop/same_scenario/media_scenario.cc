#include <algorithm>

#include "controller/json.h"
#include "controller/worker.h"
#include "test/interop/same_scenario/packets.h"
#include "test/interop/same_scenario/scenarios.h"
#include "test/interop/same_scenario/steps.h"
#include "test/interop/same_scenario/values.h"

namespace sluice::scenario {
namespace {

using controller::CloseReason;
using controller::Consumer;
using controller::MediaKind;
using controller::PlainTransport;
using controller::Producer;
using controller::Router;
using controller::RtpParameters;
using controller::Worker;
using nlohmann::json;

class MediaScenario {
 public:
  MediaScenario(Steps& steps, std::shared_ptr<Worker> worker)
      : steps_(steps), given_(steps.given()), feed_(steps.loop()), sink_(steps.loop()), worker_(std::move(worker)) {}

  void Run() {
    const auto codecs = Valid(controller::RtpCapabilitiesFromJson({{"codecs", given_.at("mediaCodecs")}}, "")).codecs;
    router_ = steps_.Get<std::shared_ptr<Router>>(
        [&](auto done) { worker_->CreateRouter({.media_codecs = codecs}, std::move(done)); });
    steps_.Note("router capabilities", ToJson(router_->rtp_capabilities()));
    MakeProducers();
    MakeConsumers();
    CarryMedia();
    Dump();
    NoteRefusals();
    End();
  }

 private:
  std::shared_ptr<PlainTransport> CreateTransport(bool comedia) {
    return steps_.Get<std::shared_ptr<PlainTransport>>([&](auto done) {
      router_->CreatePlainTransport({.listen_info = {.ip = "127.0.0.1"}, .comedia = comedia}, std::move(done));
    });
  }

  void MakeProducers() {
    inlet_ = CreateTransport(true);
    inlet_->on.tuple = [this](const auto& tuple) {
      steps_.Event({"inlet tuple", Text(ToString(tuple.protocol)), tuple.remote_ip});
    };
    steps_.Note("inlet", {{"id", inlet_->id()},
                          {"protocol", Text(ToString(inlet_->tuple().protocol))},
                          {"address", inlet_->tuple().local_address}});
    audio_ = steps_.Get<std::shared_ptr<Producer>>(
        [&](auto done) { Produce(MediaKind::kAudio, "audio", false, std::move(done)); });
    video_ = steps_.Get<std::shared_ptr<Producer>>(
        [&](auto done) { Produce(MediaKind::kVideo, "video", true, std::move(done)); });
    for (const auto& [name, p] : {std::pair("audio producer", audio_), std::pair("video producer", video_)}) {
      steps_.Note(name, {{"id", p->id()},
                         {"kind", Text(ToString(p->kind()))},
                         {"type", Text(ToString(p->type()))},
                         {"paused", p->paused()},
                         {"rtpParameters", ToJson(p->rtp_parameters())},
                         {"consumableRtpParameters", ToJson(p->consumable_rtp_parameters())}});
    }
  }

  template <class Done>
  void Produce(MediaKind kind, const char* what, bool paused, Done done) {
    inlet_->Produce({.kind = kind, .rtp_parameters = Parameters(given_.at(what)), .paused = paused}, std::move(done));
  }
  static RtpParameters Parameters(const json& form) { return Valid(controller::RtpParametersFromJson(form)); }

  void MakeConsumers() {
    outlet_ = CreateTransport(false);
    steps_.Note("outlet", {{"id", outlet_->id()}});
    steps_.Do([&](auto done) { outlet_->Connect({.ip = "127.0.0.1", .port = sink_.port()}, std::move(done)); });
    for (const auto& producer : {audio_, video_}) {
      auto c = steps_.Get<std::shared_ptr<Consumer>>([&](auto done) { Consume(producer->id(), std::move(done)); });
      const std::string name = Text(ToString(c->kind())) + " consumer";
      steps_.Note(name, {{"id", c->id()},
                         {"producerId", c->producer_id()},
                         {"kind", Text(ToString(c->kind()))},
                         {"type", Text(ToString(c->type()))},
                         {"paused", c->paused()},
                         {"producerPaused", c->producer_paused()},
                         {"rtpParameters", ToJson(c->rtp_parameters())}});
      c->on.producer_paused = [this, name] { steps_.Event({name, "producerpause"}); };
      c->on.producer_resumed = [this, name] { steps_.Event({name, "producerresume"}); };
      c->on.closed = [this, name](CloseReason reason) {
        steps_.Event({name, reason == CloseReason::kProducerClosed ? "producerclose" : "transportclose"});
      };
      consumers_.push_back(std::move(c));
    }
    steps_.Do([&](auto done) { video_->Resume(std::move(done)); });
    steps_.UntilEvent({"video consumer", "producerresume"});
  }

  template <class Done>
  void Consume(const std::string& producer_id, Done done) {
    outlet_->Consume({.producer_id = producer_id, .rtp_capabilities = router_->rtp_capabilities()}, std::move(done));
  }

  void CarryMedia() {
    steps_.Do([&](auto done) { video_->EnableTraceEvents({"keyframe", "no such type"}, std::move(done)); });
    video_->on.trace = [this](const auto& trace) {
      steps_.Event({"video trace", trace.type, trace.incoming ? "in" : "out"});
    };
    size_t wanted = 0;
    for (const char* kind : {"audioPackets", "videoPackets"}) {
      for (const Packet& packet : MakePackets(given_.at(kind))) {
        feed_.Send(packet, inlet_->tuple().local_port);
        ++wanted;
      }
    }
    steps_.Until([&] {
      const auto& all = sink_.received();
      return static_cast<size_t>(std::count_if(all.begin(), all.end(), IsMedia)) >= wanted;
    });
    steps_.Note("media out", Summarize(sink_.received()));
    NoteStats("audio producer stats", *audio_);
    NoteStats("video producer stats", *video_);
    for (const auto& c : consumers_) NoteStats(Text(ToString(c->kind())) + " consumer stats", *c);
    using controller::PlainTransportStats;
    const auto in = steps_.Get<PlainTransportStats>([&](auto done) { inlet_->GetStats(std::move(done)); });
    const auto out = steps_.Get<PlainTransportStats>([&](auto done) { outlet_->GetStats(std::move(done)); });
    steps_.Note("transport stats", {{"rtpBytesReceived", in.rtp_bytes_received},
                                    {"rtxBytesReceived", in.rtx_bytes_received},
                                    {"none", in.rtp_bytes_sent},
                                    {"rtpBytesSent", out.rtp_bytes_sent},
                                    {"rtxBytesSent", out.rtx_bytes_sent},
                                    {"nothing", out.rtp_bytes_received}});
  }

  template <class Source>
  void NoteStats(std::string name, Source& source) {
    using List = std::vector<controller::RtpStreamStats>;
    steps_.Note(std::move(name), StatsJson(steps_.Get<List>([&](auto done) { source.GetStats(std::move(done)); })));
  }

  void Dump() {
    steps_.Do([&](auto done) { consumers_[0]->Pause(std::move(done)); });
    steps_.Do([&](auto done) { consumers_[1]->SetPriority(7, std::move(done)); });
    steps_.Do([&](auto done) { audio_->Pause(std::move(done)); });
    steps_.UntilEvent({"audio consumer", "producerpause"});
    const auto dump = steps_.Get<controller::RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
    steps_.Note("router dump", {{"transportIds", dump.transport_ids}, {"producerConsumers", dump.producer_consumers}});
    NoteDump<controller::TransportDump>("inlet dump", static_cast<controller::Transport&>(*inlet_));
    NoteDump<controller::TransportDump>("outlet dump", static_cast<controller::Transport&>(*outlet_));
    NoteDump<controller::ProducerDump>("audio producer dump", *audio_);
    NoteDump<controller::ProducerDump>("video producer dump", *video_);
    for (const auto& c : consumers_)
      NoteDump<controller::ConsumerDump>(Text(ToString(c->kind())) + " consumer dump", *c);
  }

  template <class Form, class Source>
  void NoteDump(std::string name, Source& source) {
    steps_.Note(std::move(name), DumpJson(steps_.Get<Form>([&](auto done) { source.Dump(std::move(done)); })));
  }

  std::string RefusedProduce(MediaKind kind, const json& form) {
    const absl::StatusOr<RtpParameters> parameters = controller::RtpParametersFromJson(form);
    if (!parameters.ok()) return RefusalOf(parameters.status());
    return RefusalOf(steps_
                         .Try<std::shared_ptr<Producer>>([&](auto done) {
                           inlet_->Produce({.kind = kind, .rtp_parameters = *parameters}, std::move(done));
                         })
                         .status());
  }

  void NoteRefusals() {
    json again = given_.at("audio");
    again["mid"] = "other";
    json empty = given_.at("audio");
    empty["codecs"] = json::array();
    const auto other = [&] { return CreateTransport(false); };
    steps_.Note(
        "refusals",
        {{"an SSRC twice", RefusedProduce(MediaKind::kAudio, again)},
         {"a codec that the router lacks", RefusedProduce(MediaKind::kVideo, given_.at("unsupported"))},
         {"no codecs", RefusedProduce(MediaKind::kAudio, empty)},
         {"a producer that is not there",
          RefusalOf(
              steps_.Try<std::shared_ptr<Consumer>>([&](auto done) { Consume("none", std::move(done)); }).status())},
         {"connecting twice", RefusalOf(steps_.TryDo([&](auto done) {
            outlet_->Connect({.ip = "127.0.0.1", .port = 9}, std::move(done));
          }))},
         {"a port without an address",
          RefusalOf(steps_.TryDo([&](auto done) { other()->Connect({.port = 9}, std::move(done)); }))},
         {"an address that is not here", RefusalOf(steps_
                                                       .Try<std::shared_ptr<PlainTransport>>([&](auto done) {
                                                         router_->CreatePlainTransport(
                                                             {.listen_info = {.ip = "192.0.2.1"}}, std::move(done));
                                                       })
                                                       .status())}});
  }

  void End() {
    video_->Close();
    steps_.UntilEvent({"video consumer", "producerclose"});
    inlet_->on.closed = [this](CloseReason) { steps_.Event({"inlet", "routerclose"}); };
    audio_->on.closed = [this](CloseReason) { steps_.Event({"audio producer", "transportclose"}); };
    router_->Close();
    steps_.Note("closed", {inlet_->closed(), outlet_->closed(), audio_->closed(), video_->closed(),
                           consumers_[0]->closed(), consumers_[1]->closed()});
    feed_.Close();
    sink_.Close();
    uv_run(steps_.loop(), UV_RUN_NOWAIT);  // libuv lets go of them
  }

  Steps& steps_;
  const json& given_;
  UdpSocket feed_;
  UdpSocket sink_;
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Router> router_;
  std::shared_ptr<PlainTransport> inlet_;
  std::shared_ptr<PlainTransport> outlet_;
  std::shared_ptr<Producer> audio_;
  std::shared_ptr<Producer> video_;
  std::vector<std::shared_ptr<Consumer>> consumers_;
};

}  // namespace

void RunMedia(Steps& steps, std::shared_ptr<Worker> worker) { MediaScenario(steps, std::move(worker)).Run(); }

}  // namespace sluice::scenario
