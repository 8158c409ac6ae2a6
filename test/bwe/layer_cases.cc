// What an SFU's sources meet: layers that somebody else encodes and that cannot be turned a little lower.
#include <algorithm>
#include <memory>

#include "test/bwe/cases.h"

namespace sluice::bwe {
namespace {

constexpr double kNever = 1e9;
const std::vector<SourceKind> kSimulcastOnly = {SourceKind::kSimulcast};

// From `from_s` on, in seconds, until layers of that rate arrive and stay.
Figure ReachedAfter(const World& world, const std::string& name, int from_s, DataRate rate, double max, double goal) {
  const TimeDelta taken = world.media()[0]->record().Reaches(rate, TimeDelta::Seconds(from_s));
  return {.name = name, .value = taken.IsInfinite() ? kNever : taken.seconds(), .max = max, .unit = "s", .goal = goal};
}

Figure SwitchesOver(const World& world, int begin_s, int end_s, double max) {
  return {.name = "layer switches a minute",
          .value = world.Media(0, begin_s, end_s).switches_per_minute,
          .max = max,
          .goal = 0};
}

// The line carries far more than there is, but delays each packet otherwise and loses some: that limits nothing.
Outcome EverythingFits(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  world.AddMedia({.delay = TimeDelta::Millis(20),
                  .uniform_jitter = TimeDelta::Millis(30),
                  .loss = 0.03,
                  .flow = {.min = Kbps(30), .start = Kbps(600)}});
  world.Run(120);
  const auto& bins = world.media()[0]->record().bins;
  const auto least = std::min_element(bins.begin() + 100, bins.begin() + 1200,
                                      [](const auto& a, const auto& b) { return a.target_kbps < b.target_kbps; });
  outcome.figures.push_back({.name = "least target from 10 s on",
                             .value = static_cast<double>(least->target_kbps),
                             .min = 1430,  // that layers which are sent already need
                             .unit = "kbit/s",
                             .goal = 1544});
  outcome.figures.push_back(ReachedAfter(world, "the top layer after", 0, Kbps(1350), 8, 3));
  outcome.figures.push_back(SwitchesOver(world, 10, 120, 0.6));
  return outcome;
}

// The middle one of three layers takes five sixths of the line, from `from_s` on; before, all fit.
Outcome MiddleLayerJustFits(SourceKind kind, uint64_t seed, int from_s) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  std::vector<World::Step> steps{{from_s, 600}};
  if (from_s > 0) steps.insert(steps.begin(), {0, 10'000});
  Bottleneck& line = world.AddLine(steps);
  world.AddMedia({.hops = {&line},
                  .delay = TimeDelta::Millis(20),
                  .jitter = false,
                  .flow = {.min = Kbps(30), .start = Kbps(600), .audio = DataRate::Zero()}});
  world.Run(from_s + 60);
  const int settled = from_s + 15;
  const int end = from_s + 60;
  // It is had at once where it was had before; what counts is when it stays.
  outcome.figures.push_back(
      ReachedAfter(world, "the layer of 500 kbit/s after", from_s + (from_s > 0 ? 2 : 0), Kbps(430), 20, 10));
  outcome.figures.push_back({.name = "rate, from 15 s on",
                             .value = static_cast<double>(world.Media(0, settled, end).rate.kbps()),
                             .min = 430,
                             .unit = "kbit/s",
                             .goal = 480});
  outcome.figures.push_back(SwitchesOver(world, settled, end, 3));
  outcome.figures.push_back({.name = "queueing delay p95, from 15 s on",
                             .value = world.Media(0, settled, end).queue_p95.seconds() * 1000,
                             .max = 65,
                             .unit = "ms",
                             .goal = 60});
  return outcome;
}

// The probes of the start do not reach the top; each step that is taken asks for the next one at once.
Outcome TopOfThree(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 20'000}});
  world.AddMedia({.hops = {&line}, .layers_kbps = {150, 700, 4000}});
  world.Run(30);
  outcome.figures.push_back(ReachedAfter(world, "the top layer after", 0, Kbps(3600), 5, 3));
  return outcome;
}

// The line carries the next layer, barely or well, from the middle on.
Outcome NextLayer(SourceKind kind, uint64_t seed, int line_kbps) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 700}, {30, line_kbps}});
  world.AddMedia({.hops = {&line}});
  world.Run(90);
  MeasureSpan(outcome, "from 60 s on", 60, 90, line_kbps >= 1800 ? 1350.0 : 500.0, 60, 0.01);
  if (line_kbps >= 1800) {
    outcome.figures.push_back(ReachedAfter(world, "the next layer after", 30, Kbps(1350), 25, 15));
  }
  MeasureSwitches(outcome, 40, 90, 5);
  return outcome;
}

}  // namespace

void AddLayerCases(std::vector<Case>& cases) {
  for (const int line : {1200, 1800, 3000}) {
    cases.push_back({"next_layer_" + std::to_string(line), "from 700 to " + std::to_string(line) + " kbit/s",
                     kSimulcastOnly, [=](SourceKind kind, uint64_t seed) { return NextLayer(kind, seed, line); }});
  }
  cases.push_back({"everything_fits", "30 ms of jitter and 3 % random loss on a line that carries everything",
                   kSimulcastOnly, EverythingFits});
  for (const int from_s : {0, 10}) {
    cases.push_back(
        {from_s > 0 ? "middle_layer_after_fall" : "middle_layer",
         std::string("layers of 150, 500 and 1500 on ") + (from_s > 0 ? "10'000, then " : "") + "600 kbit/s",
         kSimulcastOnly, [=](SourceKind kind, uint64_t seed) { return MiddleLayerJustFits(kind, seed, from_s); }});
  }
  cases.push_back(
      {"top_of_three", "a start at 300 kbit/s with layers of 150, 700 and 4000 kbit/s", kSimulcastOnly, TopOfThree});
}

}  // namespace sluice::bwe
