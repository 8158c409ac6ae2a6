#include "test/bwe/world.h"

#include <algorithm>

namespace sluice::bwe {
namespace {

// Audio with its headers, on the line.
constexpr DataRate kAudioOnLine = DataRate::KilobitsPerSec(44);
// What is under way at the end arrives yet, or would count as lost.
constexpr TimeDelta kAfter = TimeDelta::Seconds(4);

}  // namespace

Bottleneck& World::AddLine(Bottleneck::Config config) {
  return *lines_.emplace_back(std::make_unique<Bottleneck>(scheduler_, config, rng_.U64()));
}

Bottleneck& World::AddLine(const std::vector<Step>& steps, Bottleneck::Config config) {
  config.rate = DataRate::KilobitsPerSec(steps.front().kbps);
  Bottleneck& line = AddLine(config);
  for (const Step& step : steps) {
    At(step.at_s, [&line, kbps = step.kbps] { line.SetRate(DataRate::KilobitsPerSec(kbps)); });
  }
  if (steps_.empty()) steps_ = steps;
  return line;
}

std::unique_ptr<Source> World::MakeSource(const MediaConfig& config) {
  if (kind_ == SourceKind::kAdaptive) {
    return std::make_unique<AdaptiveSource>(DataRate::KilobitsPerSec(50),
                                            DataRate::KilobitsPerSec(config.max_video_kbps), rng_.U64());
  }
  std::vector<DataRate> layers;
  for (const int kbps : config.layers_kbps) layers.push_back(DataRate::KilobitsPerSec(kbps));
  return std::make_unique<SimulcastSource>(std::move(layers), rng_.U64());
}

MediaFlow& World::AddMedia(MediaConfig config) {
  auto source = MakeSource(config);
  const Route::Config forth{.hops = config.hops,
                            .delay = config.delay,
                            .jitter = config.jitter,
                            .uniform_jitter = config.uniform_jitter,
                            .loss = config.loss};
  const Route::Config back{.hops = config.back_hops,
                           .delay = config.delay,
                           .jitter = config.jitter,
                           .uniform_jitter = config.uniform_jitter};
  MediaFlow& flow = *media_.emplace_back(
      std::make_unique<MediaFlow>(scheduler_, config.flow, std::move(source), forth, back, rng_.U64()));
  flow.record().name = config.name;
  At(config.from_s, [&flow] { flow.Start(); });
  return flow;
}

TcpFlow& World::AddTcp(std::vector<Bottleneck*> hops, TimeDelta delay) {
  const Route::Config forth{.hops = std::move(hops), .delay = delay};
  TcpFlow& flow = *tcp_.emplace_back(std::make_unique<TcpFlow>(scheduler_, forth, delay, rng_.U64()));
  flow.record().name = "tcp";
  return flow;
}

UdpFlow& World::AddUdp(std::vector<Bottleneck*> hops, DataRate rate) {
  const Route::Config forth{.hops = std::move(hops)};
  return *udp_.emplace_back(std::make_unique<UdpFlow>(scheduler_, forth, rate, rng_.U64()));
}

void World::At(int second, Scheduler::Action action) {
  scheduler_.At(Scheduler::kStart + TimeDelta::Seconds(second), std::move(action));
}

void World::Run(int seconds) {
  length_s_ = seconds;
  scheduler_.RunUntil(Scheduler::kStart + TimeDelta::Seconds(seconds) + kAfter);
}

Record::Span World::Media(size_t flow, int begin_s, int end_s) const {
  return media_[flow]->record().Over(TimeDelta::Seconds(begin_s), TimeDelta::Seconds(end_s));
}

double World::Utilisation(size_t flow, int begin_s, int end_s, int line_kbps) const {
  const DataRate line = DataRate::KilobitsPerSec(line_kbps);
  const DataRate fitting = media_[flow]->source().Fitting(line - std::min(line, kAudioOnLine)) + kAudioOnLine;
  return Media(flow, begin_s, end_s).rate / std::min(line, fitting);
}

}  // namespace sluice::bwe
