// RFC 8867. Section numbers are its own. Utilisation is of what the line carries or what the source can make of it.
#include <algorithm>
#include <cmath>
#include <memory>

#include "test/bwe/cases.h"

namespace sluice::bwe {
namespace {

constexpr int kSettleS = 10;  // a steady phase begins so long after a change
const std::vector<SourceKind> kBoth = {SourceKind::kAdaptive, SourceKind::kSimulcast};

bool IsAdaptive(SourceKind kind) { return kind == SourceKind::kAdaptive; }
std::string Text(int number) { return std::to_string(number); }

// Queueing delay and loss over the steady phases, utilisation of the first flow in each.
void MeasurePhases(Outcome& outcome, double min_utilisation, double max_p95_ms, double max_loss) {
  const World& world = *outcome.world;
  const auto& steps = world.steps();
  double p95 = 0;
  double mean = 0;
  double loss = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const int begin = steps[i].at_s + kSettleS;
    const int end = i + 1 < steps.size() ? steps[i + 1].at_s : world.length_s();
    outcome.figures.push_back({.name = "utilisation at " + Text(steps[i].kbps) + " kbit/s",
                               .value = world.Utilisation(0, begin, end, steps[i].kbps),
                               .min = IsAdaptive(world.kind()) ? min_utilisation : 0.33,
                               .goal = 0.9});
    const Record::Span span = world.Media(0, begin, end);
    p95 = std::max(p95, span.queue_p95.seconds() * 1000);
    mean = std::max(mean, span.queue_mean.seconds() * 1000);
    loss = std::max(loss, span.loss);
  }
  outcome.figures.push_back({.name = "queueing delay, mean of the worst phase", .value = mean, .unit = "ms"});
  outcome.figures.push_back(
      {.name = "queueing delay, p95 of the worst phase", .value = p95, .max = max_p95_ms, .unit = "ms", .goal = 60});
  outcome.figures.push_back({.name = "loss, worst phase", .value = loss * 100, .max = max_loss * 100, .unit = "%"});
}

void MeasureSwitches(Outcome& outcome, double max) {
  if (outcome.world->kind() != SourceKind::kSimulcast) return;
  double most = 0;
  for (size_t i = 0; i < outcome.world->media().size(); ++i)
    most = std::max(most, outcome.world->Media(i, 0, outcome.world->length_s()).switches_per_minute);
  outcome.figures.push_back({.name = "layer switches a minute", .value = most, .max = max});
}

// Of flows over a time: the largest rate over the smallest, and what they carry together.
void MeasureFairness(Outcome& outcome, const std::string& what, int begin, int end, const std::vector<size_t>& flows,
                     double max_ratio) {
  double least = INFINITY;
  double most = 0;
  for (const size_t flow : flows) {
    const double kbps = static_cast<double>(outcome.world->Media(flow, begin, end).rate.kbps());
    least = std::min(least, kbps);
    most = std::max(most, kbps);
  }
  outcome.figures.push_back(
      {.name = "largest rate over smallest, " + what, .value = most / least, .max = max_ratio, .goal = max_ratio});
}

void MeasureTogether(Outcome& outcome, const std::string& what, int begin, int end, const std::vector<size_t>& flows,
                     double line_kbps, double min) {
  double sum = 0;
  double p95 = 0;
  for (const size_t flow : flows) {
    const Record::Span span = outcome.world->Media(flow, begin, end);
    sum += static_cast<double>(span.rate.kbps());
    p95 = std::max(p95, span.queue_p95.seconds() * 1000);
  }
  outcome.figures.push_back(
      {.name = "utilisation together, " + what, .value = sum / line_kbps, .min = min, .max = 1.06});
  outcome.figures.push_back({.name = "queueing delay p95, " + what,
                             .value = p95,
                             .max = IsAdaptive(outcome.world->kind()) ? 75 : 190,
                             .unit = "ms"});
}

Outcome SingleFlow(SourceKind kind, uint64_t seed, TimeDelta delay) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 1000}, {40, 2500}, {60, 600}, {80, 1000}});
  world.AddMedia({.hops = {&line}, .delay = delay});
  world.Run(100);
  MeasurePhases(outcome, 0.9, IsAdaptive(kind) ? 75 : 115, 0.02);
  MeasureSwitches(outcome, 6);
  return outcome;
}

Outcome TwoFlows(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  const std::vector<World::Step> steps = {{0, 4000}, {25, 2000}, {50, 3500}, {75, 1000}, {100, 2000}};
  Bottleneck& line = world.AddLine(steps);
  for (int i = 0; i < 2; ++i) world.AddMedia({.name = "media " + Text(i + 1), .hops = {&line}});
  world.Run(125);
  for (size_t i = 0; i < steps.size(); ++i) {
    const int begin = steps[i].at_s + kSettleS;
    const std::string what = Text(steps[i].kbps) + " kbit/s";
    if (IsAdaptive(kind)) {
      MeasureTogether(outcome, what, begin, begin + 15, {0, 1}, std::min(steps[i].kbps, 3088), 0.85);
      MeasureFairness(outcome, what, begin, begin + 15, {0, 1}, 1.5);
    } else {
      MeasureTogether(outcome, what, begin, begin + 15, {0, 1}, steps[i].kbps, 0.18);
    }
  }
  MeasureSwitches(outcome, 10);
  return outcome;
}

Outcome CongestedFeedback(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& forth = world.AddLine({{0, 2000}, {20, 1000}, {40, 500}, {60, 2000}});
  Bottleneck& back = world.AddLine({{0, 2000}, {35, 800}, {70, 2000}});
  world.AddMedia({.name = "forth", .hops = {&forth}, .back_hops = {&back}});
  world.AddMedia({.name = "back", .hops = {&back}, .back_hops = {&forth}});
  world.Run(100);
  // Feedback of the other direction takes a little of the line.
  MeasurePhases(outcome, 0.85, IsAdaptive(kind) ? 80 : 60, 0.03);
  MeasureSwitches(outcome, 7);
  return outcome;
}

Outcome ThreeFlows(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 3500}});
  for (int i = 0; i < 3; ++i) world.AddMedia({.name = "media " + Text(i + 1), .hops = {&line}, .from_s = 20 * i});
  world.Run(120);
  const double least = IsAdaptive(kind) ? 0.85 : 0.45;
  MeasureTogether(outcome, "three flows", 60, 119, {0, 1, 2}, 3500, least);
  if (IsAdaptive(kind)) MeasureFairness(outcome, "three flows", 60, 119, {0, 1, 2}, 1.5);
  MeasureSwitches(outcome, 12);
  return outcome;
}

Outcome DifferentRtts(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 4000}});
  for (const int ms : {10, 25, 50, 100, 150})
    world.AddMedia({.name = Text(ms) + " ms", .hops = {&line}, .delay = TimeDelta::Millis(ms)});
  world.Run(120);
  MeasureTogether(outcome, "five flows", 30, 119, {0, 1, 2, 3, 4}, 4000, IsAdaptive(kind) ? 0.85 : 0.5);
  if (IsAdaptive(kind)) MeasureFairness(outcome, "five flows", 30, 119, {0, 1, 2, 3, 4}, 2);
  MeasureSwitches(outcome, 12);
  return outcome;
}

Outcome LongTcp(SourceKind kind, uint64_t seed, TimeDelta queue) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 2000}}, {.queue = queue});
  TcpFlow& tcp = world.AddTcp({&line});
  world.At(0, [&tcp] { tcp.Start(std::nullopt); });
  world.AddMedia({.hops = {&line}, .from_s = 5});
  world.Run(120);
  const Record::Span media = world.Media(0, 30, 119);
  const Record::Span other = tcp.record().Over(TimeDelta::Seconds(30), TimeDelta::Seconds(119));
  outcome.figures.push_back(
      {.name = "media", .value = static_cast<double>(media.rate.kbps()), .min = 120, .unit = "kbit/s", .goal = 500});
  outcome.figures.push_back(
      {.name = "TCP", .value = static_cast<double>(other.rate.kbps()), .min = 400, .unit = "kbit/s"});
  outcome.figures.push_back({.name = "loss of media", .value = media.loss * 100, .max = 2, .unit = "%"});
  return outcome;
}

// Downloads of 100 kB to 1 MB, pauses of 10 s on average.
void Browse(World& world, TcpFlow& tcp, bool idle) {
  const double wait = idle ? -std::log(1 - world.rng().Unit()) * 10 : 0;
  world.scheduler().After(TimeDelta::Micros(static_cast<int64_t>(wait * 1e6)), [&world, &tcp] {
    tcp.Start(world.rng().Between(100'000, 1'000'000), [&world, &tcp] { Browse(world, tcp, true); });
  });
}

Outcome ShortTcp(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 2000}});
  for (int i = 0; i < 2; ++i) world.AddMedia({.name = "media " + Text(i + 1), .hops = {&line}, .from_s = 5});
  for (int i = 0; i < 10; ++i) Browse(world, world.AddTcp({&line}), i >= 2);
  world.Run(300);
  for (size_t i = 0; i < 2; ++i) {
    const Record::Span media = world.Media(i, 30, 299);
    outcome.figures.push_back({.name = "media " + Text(static_cast<int>(i) + 1),
                               .value = static_cast<double>(media.rate.kbps()),
                               .min = 90,
                               .unit = "kbit/s"});
    outcome.figures.push_back({.name = "loss of media " + Text(static_cast<int>(i) + 1),
                               .value = media.loss * 100,
                               .max = IsAdaptive(kind) ? 12 : 5,
                               .unit = "%",
                               .goal = 5});
  }
  MeasureSwitches(outcome, 4);
  return outcome;
}

Outcome PauseAndResume(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 3500}});
  for (int i = 0; i < 3; ++i) world.AddMedia({.name = "media " + Text(i + 1), .hops = {&line}});
  MediaFlow& second = *world.media()[1];
  world.At(40, [&second] { second.Pause(); });
  world.At(60, [&second] { second.Resume(); });
  world.Run(120);
  const bool adaptive = IsAdaptive(kind);
  MeasureTogether(outcome, "before the pause", 20, 40, {0, 1, 2}, 3500, adaptive ? 0.85 : 0.3);
  MeasureTogether(outcome, "in the pause", 50, 60, {0, 2}, 3088, adaptive ? 0.85 : 0.3);
  MeasureTogether(outcome, "after the pause", 80, 119, {0, 1, 2}, 3500, adaptive ? 0.85 : 0.3);
  if (adaptive) MeasureFairness(outcome, "after the pause", 80, 119, {0, 1, 2}, 1.5);
  return outcome;
}

// Two flows of different priority: here it is told by what each may have at most.
Outcome Priorities(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 2000}});
  world.AddMedia({.name = "high", .hops = {&line}});
  world.AddMedia({.name = "low",
                  .hops = {&line},
                  .from_s = 40,
                  .max_video_kbps = 500,
                  .layers_kbps = {150, 500},
                  .flow = {.max = DataRate::KilobitsPerSec(600)}});
  world.Run(120);
  MeasureTogether(outcome, "both", 60, 119, {0, 1}, 2000, IsAdaptive(kind) ? 0.85 : 0.3);
  const auto high = static_cast<double>(world.Media(0, 60, 119).rate.kbps());
  outcome.figures.push_back(
      {.name = "high", .value = high, .min = IsAdaptive(kind) ? 1100.0 : 500.0, .unit = "kbit/s"});
  return outcome;
}

Outcome TwoBottlenecks(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& first = world.AddLine({{0, 2000}});
  Bottleneck& second = world.AddLine({.rate = DataRate::KilobitsPerSec(1500)});
  world.AddMedia({.name = "both lines", .hops = {&first, &second}, .delay = TimeDelta::Millis(100)});
  world.AddMedia({.name = "first line", .hops = {&first}, .delay = TimeDelta::Millis(40)});
  world.AddMedia({.name = "second line", .hops = {&second}, .delay = TimeDelta::Millis(40)});
  world.Run(120);
  const double least = IsAdaptive(kind) ? 0.8 : 0.2;
  MeasureTogether(outcome, "first line", 30, 119, {0, 1}, 2000, least);
  MeasureTogether(outcome, "second line", 30, 119, {0, 2}, 1500, least);
  const auto through = static_cast<double>(world.Media(0, 30, 119).rate.kbps());
  outcome.figures.push_back({.name = "through both", .value = through, .min = 180, .unit = "kbit/s"});
  return outcome;
}

}  // namespace

void AddStandardCases(std::vector<Case>& cases) {
  const auto ms = [](int n) { return TimeDelta::Millis(n); };
  cases.push_back({"rfc8867_5_1_50ms", "5.1 variable capacity, one flow, 50 ms", kBoth,
                   [=](SourceKind kind, uint64_t seed) { return SingleFlow(kind, seed, ms(50)); }});
  cases.push_back({"rfc8867_5_1_100ms", "5.1 variable capacity, one flow, 100 ms", kBoth,
                   [=](SourceKind kind, uint64_t seed) { return SingleFlow(kind, seed, ms(100)); }});
  cases.push_back({"rfc8867_5_2", "5.2 variable capacity, two flows", kBoth, TwoFlows});
  cases.push_back({"rfc8867_5_3", "5.3 congested feedback, both directions", kBoth, CongestedFeedback});
  cases.push_back({"rfc8867_5_4", "5.4 three flows that come one after the other", kBoth, ThreeFlows});
  cases.push_back({"rfc8867_5_5", "5.5 five flows of different round-trip times", kBoth, DifferentRtts});
  cases.push_back({"rfc8867_5_6_300ms", "5.6 against a long TCP flow, queue of 300 ms", kBoth,
                   [=](SourceKind kind, uint64_t seed) { return LongTcp(kind, seed, ms(300)); }});
  cases.push_back({"rfc8867_5_6_1000ms", "5.6 against a long TCP flow, queue of 1 s", kBoth,
                   [=](SourceKind kind, uint64_t seed) { return LongTcp(kind, seed, ms(1000)); }});
  cases.push_back({"rfc8867_5_7", "5.7 two flows against short TCP flows", kBoth, ShortTcp});
  cases.push_back({"rfc8867_5_8", "5.8 pause and resume", kBoth, PauseAndResume});
  cases.push_back({"rfc8867_6_1", "6.1 two flows of different priority", kBoth, Priorities});
  cases.push_back({"rfc8867_6_3", "6.3 two bottlenecks", kBoth, TwoBottlenecks});
}

}  // namespace sluice::bwe
