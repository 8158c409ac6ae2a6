// Lines that mislead an estimator, and sources that hide the line from it.
#include <algorithm>
#include <memory>

#include "test/bwe/cases.h"

namespace sluice::bwe {
namespace {

const std::vector<SourceKind> kBoth = {SourceKind::kAdaptive, SourceKind::kSimulcast};

double Of(SourceKind kind, double adaptive, double simulcast) {
  return kind == SourceKind::kAdaptive ? adaptive : simulcast;
}

Outcome Policer(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({.rate = Kbps(20'000), .policed = Kbps(1000)});
  world.AddMedia({.hops = {&line}});
  world.Run(90);
  MeasureSpan(outcome, "settled", 20, 90, Of(kind, 750, 500), 20, 0.04);
  MeasureSwitches(outcome, 20, 90, 8);
  return outcome;
}

Outcome Bufferbloat(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 1500}, {30, 700}, {60, 1500}}, {.queue = TimeDelta::Seconds(3)});
  world.AddMedia({.hops = {&line}});
  world.Run(90);
  MeasureSpan(outcome, "at 1500 kbit/s", 10, 30, Of(kind, 1250, 500), 80, 0.001);
  MeasureSpan(outcome, "at 700 kbit/s", 40, 60, Of(kind, 600, 480), 80, 0.001);
  MeasureSpan(outcome, "at 1500 kbit/s again", 70, 90, Of(kind, 1250, 500), 80, 0.001);
  return outcome;
}

Outcome WiFi(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line =
      world.AddLine({.rate = Kbps(3000), .stall_every = TimeDelta::Millis(200), .stall = TimeDelta::Millis(60)});
  world.AddMedia({.hops = {&line}});
  world.Run(90);
  MeasureSpan(outcome, "settled", 20, 90, Of(kind, 1250, 1250), 80, 0.01);
  MeasureSwitches(outcome, 20, 90, 4);
  return outcome;
}

Outcome CrossTraffic(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({.rate = Kbps(2200)});
  world.AddMedia({.hops = {&line}});
  UdpFlow& udp = world.AddUdp({&line}, Kbps(1500));
  world.At(30, [&udp] { udp.Start(); });
  world.At(60, [&udp] { udp.Stop(); });
  world.Run(90);
  MeasureSpan(outcome, "alone", 10, 30, Of(kind, 1350, 1350), 60, 0.01);
  MeasureSpan(outcome, "beside 1500 kbit/s", 40, 60, Of(kind, 550, 450), 100, 0.02);
  MeasureSpan(outcome, "alone again", 70, 90, Of(kind, 1350, 1350), 60, 0.01);
  return outcome;
}

// For a long time only a little is sent; then everything is wanted at once.
Outcome ApplicationLimited(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 2500}, {20, 1000}});
  MediaFlow& flow = world.AddMedia({.hops = {&line}, .from_s = 0});
  world.At(10, [&flow] { flow.Pause(); });
  world.At(40, [&flow] { flow.Resume(); });
  world.Run(70);
  MeasureSpan(outcome, "after the pause", 45, 70, Of(kind, 850, 480), 80, 0.01);
  const Record::Span burst = world.Media(0, 40, 45);
  outcome.figures.push_back({.name = "loss at the resumption", .value = burst.loss * 100, .max = 12, .unit = "%"});
  return outcome;
}

// No estimate is a dead end: whatever it is, the line is found.
Outcome AnyEstimate(SourceKind kind, uint64_t seed, int start_kbps, int line_kbps) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({.rate = Kbps(line_kbps)});
  world.AddMedia({.hops = {&line},
                  .max_video_kbps = 1500,
                  .flow = {.min = Kbps(20), .start = Kbps(start_kbps), .audio = DataRate::Zero()}});
  world.Run(60);
  const DataRate fitting = world.media()[0]->source().Fitting(Kbps(line_kbps));
  const double least = 0.85 * static_cast<double>(std::min(fitting, Kbps(line_kbps)).kbps());
  MeasureSpan(outcome, "from 30 s on", 30, 60, least, 80, 0.02);
  return outcome;
}

// All was lost for a while: nothing comes through, no feedback either.
Outcome Outage(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({.rate = Kbps(2000)});
  MediaFlow& flow = world.AddMedia({.hops = {&line}});
  world.At(30, [&flow] { flow.forth().SetLoss(1); });
  world.At(35, [&flow] { flow.forth().SetLoss(0); });
  world.Run(60);
  MeasureSpan(outcome, "before", 10, 30, Of(kind, 1300, 1300), 60, 0.01);
  MeasureSpan(outcome, "10 s after", 45, 60, Of(kind, 1300, 1300), 60, 0.01);
  return outcome;
}

// Layers of which the highest just fits, with audio that has no numbers.
Outcome UnnumberedAudio(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({.rate = Kbps(800)});
  world.AddMedia({.hops = {&line}, .flow = {.audio = Kbps(64), .audio_numbered = false}});
  world.Run(60);
  MeasureSpan(outcome, "settled", 20, 60, Of(kind, 700, 560), 60, 0.01);
  MeasureSwitches(outcome, 20, 60, 4);
  return outcome;
}

}  // namespace

void AddHarshCases(std::vector<Case>& cases) {
  cases.push_back({"policer", "a policer of 1 Mbit/s that delays nothing", kBoth, Policer});
  cases.push_back({"bufferbloat", "a queue of 3 s", kBoth, Bufferbloat});
  cases.push_back({"wifi", "the air stalls for up to 60 ms, five times a second", kBoth, WiFi});
  cases.push_back({"cross_traffic", "1500 kbit/s of UDP come and go", kBoth, CrossTraffic});
  cases.push_back({"application_limited", "a pause during which the line becomes worse", kBoth, ApplicationLimited});
  cases.push_back({"outage", "nothing passes for 5 s", kBoth, Outage});
  cases.push_back({"unnumbered_audio", "64 kbit/s of audio without numbers", kBoth, UnnumberedAudio});
  for (const auto& [start, line] : {std::pair(20, 3000), {20, 300}, {300, 3000}, {3000, 300}, {10'000, 1000}}) {
    cases.push_back({"from_" + std::to_string(start) + "_on_" + std::to_string(line),
                     "a start at " + std::to_string(start) + " kbit/s on a line of " + std::to_string(line), kBoth,
                     [=](SourceKind kind, uint64_t seed) { return AnyEstimate(kind, seed, start, line); }});
  }
}

}  // namespace sluice::bwe
