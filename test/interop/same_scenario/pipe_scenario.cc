#include "controller/json.h"
#include "controller/worker.h"
#include "test/interop/same_scenario/packets.h"
#include "test/interop/same_scenario/scenarios.h"
#include "test/interop/same_scenario/steps.h"
#include "test/interop/same_scenario/values.h"

namespace sluice::scenario {
namespace {

using controller::ActiveSpeakerObserver;
using controller::AudioLevelObserver;
using controller::CloseReason;
using controller::Consumer;
using controller::DataConsumer;
using controller::DataProducer;
using controller::DirectTransport;
using controller::MediaKind;
using controller::PipedProducer;
using controller::Producer;
using controller::Router;
using controller::Worker;
using nlohmann::json;

constexpr uint64_t kPacketMs = 20;

template <class End>
json EndJson(const End& end) {
  return {{"id", end.id()},
          {"kind", Text(ToString(end.kind()))},
          {"type", Text(ToString(end.type()))},
          {"paused", end.paused()},
          {"rtpParameters", ToJson(end.rtp_parameters())}};
}

class PipeScenario {
 public:
  PipeScenario(Steps& steps, std::shared_ptr<Worker> worker)
      : steps_(steps), given_(steps.given()), worker_(std::move(worker)) {}

  void Run() {
    const auto codecs = Valid(controller::RtpCapabilitiesFromJson({{"codecs", given_.at("mediaCodecs")}}, "")).codecs;
    for (auto& router : routers_) {
      router = steps_.Get<std::shared_ptr<Router>>(
          [&](auto done) { worker_->CreateRouter({.media_codecs = codecs}, std::move(done)); });
    }
    for (size_t i = 0; i < 2; ++i) {
      transports_[i] = steps_.Get<std::shared_ptr<DirectTransport>>(
          [&](auto done) { routers_[i]->CreateDirectTransport({}, std::move(done)); });
    }
    MakeObservers();
    PipeMedia();
    Observe();
    CarryMessages();
    End();
  }

 private:
  void MakeObservers() {
    levels_ = steps_.Get<std::shared_ptr<AudioLevelObserver>>([&](auto done) {
      routers_[0]->CreateAudioLevelObserver({.max_entries = 2, .threshold = -60, .interval = 250}, std::move(done));
    });
    speakers_ = steps_.Get<std::shared_ptr<ActiveSpeakerObserver>>(
        [&](auto done) { routers_[0]->CreateActiveSpeakerObserver({.interval = 100}, std::move(done)); });
    levels_->on.volumes = [this](const auto& volumes) {
      json list = json::array();
      for (const auto& level : volumes) list.push_back(json::array({level.producer->id(), level.volume}));
      steps_.Event(json::array({"volumes", std::move(list)}));
    };
    levels_->on.silence = [this] { steps_.Event(json::array({"silence"})); };
    speakers_->on.dominant_speaker = [this](const auto& producer) {
      steps_.Event(json::array({"dominant speaker", producer->id()}));
    };
  }

  void PipeMedia() {
    const auto parameters = Valid(controller::RtpParametersFromJson(given_.at("audio")));
    producer_ = steps_.Get<std::shared_ptr<Producer>>([&](auto done) {
      transports_[0]->Produce({.kind = MediaKind::kAudio, .rtp_parameters = parameters}, std::move(done));
    });
    steps_.Do([&](auto done) { levels_->AddProducer(producer_->id(), std::move(done)); });
    steps_.Do([&](auto done) { speakers_->AddProducer(producer_->id(), std::move(done)); });
    steps_.Note("direct producer", {{"id", producer_->id()}, {"type", Text(ToString(producer_->type()))}});
    piped_ = steps_.Get<PipedProducer>([&](auto done) {
      routers_[0]->PipeToRouter(
          {.producer_id = producer_->id(), .router = routers_[1], .keep_id = false, .enable_rtx = true},
          std::move(done));
    });
    steps_.Note("pipeConsumer", EndJson(*piped_.pipe_consumer));
    steps_.Note("pipeProducer", EndJson(*piped_.pipe_producer));
    consumer_ = steps_.Get<std::shared_ptr<Consumer>>([&](auto done) {
      transports_[1]->Consume(
          {.producer_id = piped_.pipe_producer->id(), .rtp_capabilities = routers_[1]->rtp_capabilities()},
          std::move(done));
    });
    steps_.Note("direct consumer", {{"id", consumer_->id()},
                                    {"producerId", consumer_->producer_id()},
                                    {"rtpParameters", ToJson(consumer_->rtp_parameters())}});
    std::vector<Packet> received;
    consumer_->on.rtp = [&](auto packet) { received.emplace_back(packet.begin(), packet.end()); };
    const std::vector<Packet> packets = MakePackets(given_.at("audioPackets"));
    for (const Packet& packet : packets) {
      if (const absl::Status sent = producer_->Send(packet); !sent.ok()) GiveUp(sent.ToString());
    }
    steps_.Until([&] { return received.size() >= packets.size(); });
    consumer_->on.rtp = nullptr;
    steps_.Note("media through direct transports and a pipe", Summarize(received));
  }

  void Observe() {
    steps_.Until([&] { return HasEvent("silence"); });
    steps_.Note("observers", {{"paused", {levels_->paused(), speakers_->paused()}}});
    steps_.Do([&](auto done) { levels_->Pause(std::move(done)); });
    // The packets of one moment are no speech.
    for (const Packet& packet : MakePackets(given_.at("speechPackets"))) {
      if (HasEvent("dominant speaker")) break;
      if (const absl::Status sent = producer_->Send(packet); !sent.ok()) GiveUp(sent.ToString());
      steps_.Wait(kPacketMs);
    }
    steps_.Until([&] { return HasEvent("dominant speaker"); });
    steps_.Do([&](auto done) { speakers_->RemoveProducer(producer_->id(), std::move(done)); });
    steps_.Note("observers later", {{"paused", {levels_->paused(), speakers_->paused()}}});
  }

  bool HasEvent(const char* name) const {
    const json& events = steps_.events();
    return std::any_of(events.begin(), events.end(), [&](const json& event) { return event.at(0) == name; });
  }

  void MakeDataConsumer(const char* name, DirectTransport& transport, const std::string& id,
                        std::vector<uint16_t> subchannels) {
    auto consumer = steps_.Get<std::shared_ptr<DataConsumer>>([&](auto done) {
      transport.ConsumeData({.data_producer_id = id, .subchannels = std::move(subchannels)}, std::move(done));
    });
    NoteDump<controller::DataConsumerDump>("data consumer " + std::string(name), *consumer);
    received_[name] = json::array();
    const std::string who = "data consumer " + std::string(name);
    consumer->on.message = [this, name](auto message, uint32_t ppid) {
      received_[name].push_back(json::array({ppid, std::vector<int>(message.begin(), message.end())}));
    };
    consumer->on.data_producer_paused = [this, who] { steps_.Event({who, "dataproducerpause"}); };
    consumer->on.data_producer_resumed = [this, who] { steps_.Event({who, "dataproducerresume"}); };
    consumer->on.closed = [this, who](CloseReason) { steps_.Event({who, "dataproducerclose"}); };
    data_consumers_.push_back(std::move(consumer));
  }

  void CarryMessages() {
    source_ = steps_.Get<std::shared_ptr<DataProducer>>(
        [&](auto done) { transports_[0]->ProduceData({.label = "chat", .protocol = "words"}, std::move(done)); });
    NoteDump<controller::DataProducerDump>("data producer", *source_);
    piped_data_ = steps_.Get<PipedProducer>([&](auto done) {
      routers_[0]->PipeToRouter({.data_producer_id = source_->id(), .router = routers_[1], .keep_id = false},
                                std::move(done));
    });
    NoteDump<controller::DataConsumerDump>("pipe data consumer", *piped_data_.pipe_data_consumer);
    NoteDump<controller::DataProducerDump>("pipe data producer", *piped_data_.pipe_data_producer);
    MakeDataConsumer("all", *transports_[0], source_->id(), {});
    MakeDataConsumer("one", *transports_[0], source_->id(), {1, 1, 7});
    MakeDataConsumer("piped", *transports_[1], piped_data_.pipe_data_producer->id(), {});
    SendAll();
    // The last message is for all.
    const std::vector<int> end{'e', 'n', 'd'};
    steps_.Until([&] {
      return std::all_of(received_.begin(), received_.end(),
                         [&](const json& messages) { return !messages.empty() && messages.back().at(1) == end; });
    });
    steps_.Note("messages", received_);
    steps_.Do([&](auto done) { data_consumers_[1]->SetSubchannels({2}, std::move(done)); });
    steps_.Note("subchannels", {{"now", data_consumers_[1]->subchannels()}});
    const auto produced =
        steps_.Get<controller::DataProducerStats>([&](auto done) { source_->GetStats(std::move(done)); });
    steps_.Note("data producer stats", json::array({StatsJson(produced)}));
    const auto consumed =
        steps_.Get<controller::DataConsumerStats>([&](auto done) { data_consumers_[0]->GetStats(std::move(done)); });
    steps_.Note("data consumer stats", json::array({StatsJson(consumed)}));
  }

  void SendAll() {
    for (const json& message : given_.at("messages")) {
      controller::DataSendOptions options{
          .subchannels = message.value("subchannels", std::vector<uint16_t>()),
      };
      if (message.contains("required")) options.required_subchannel = message["required"].get<uint16_t>();
      if (message.contains("ignored")) options.ignored_subchannel = message["ignored"].get<uint16_t>();
      const absl::Status sent = message.contains("text")
                                    ? source_->SendText(message["text"].get<std::string>(), options)
                                    : source_->SendBinary(message["bytes"].get<std::vector<uint8_t>>(), options);
      if (!sent.ok()) GiveUp(sent.ToString());
    }
  }

  template <class Form, class Source>
  void NoteDump(std::string name, Source& source) {
    steps_.Note(std::move(name), DumpJson(steps_.Get<Form>([&](auto done) { source.Dump(std::move(done)); })));
  }

  void End() {
    steps_.Do([&](auto done) { source_->Pause(std::move(done)); });
    steps_.UntilEvent({"data consumer all", "dataproducerpause"});
    steps_.Do([&](auto done) { source_->Resume(std::move(done)); });
    steps_.UntilEvent({"data consumer all", "dataproducerresume"});
    source_->Close();
    for (const char* name : {"all", "one", "piped"}) {
      steps_.UntilEvent({"data consumer " + std::string(name), "dataproducerclose"});
    }
    producer_->Close();
    steps_.Until([&] { return consumer_->closed(); });
    json closed{piped_.pipe_producer->closed(), piped_.pipe_consumer->closed(),
                piped_data_.pipe_data_producer->closed(), consumer_->closed()};
    for (const auto& consumer : data_consumers_) closed.push_back(consumer->closed());
    steps_.Note("closed after the pipe", std::move(closed));
    for (const auto& router : routers_) router->Close();
    steps_.Note("observers closed", {levels_->closed(), speakers_->closed()});
  }

  Steps& steps_;
  const json& given_;
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Router> routers_[2];
  std::shared_ptr<DirectTransport> transports_[2];
  std::shared_ptr<AudioLevelObserver> levels_;
  std::shared_ptr<ActiveSpeakerObserver> speakers_;
  std::shared_ptr<Producer> producer_;
  std::shared_ptr<Consumer> consumer_;
  PipedProducer piped_;
  std::shared_ptr<DataProducer> source_;
  PipedProducer piped_data_;
  std::vector<std::shared_ptr<DataConsumer>> data_consumers_;
  json received_ = json::object();
};

}  // namespace

void RunPipe(Steps& steps, std::shared_ptr<Worker> worker) { PipeScenario(steps, std::move(worker)).Run(); }

}  // namespace sluice::scenario
