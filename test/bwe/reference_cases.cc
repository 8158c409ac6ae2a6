// The figures that libwebrtc's own tests hold its estimator to, and those must be beaten.
#include <algorithm>
#include <memory>

#include "test/bwe/cases.h"

namespace sluice::bwe {
namespace {

const std::vector<SourceKind> kAdaptiveOnly = {SourceKind::kAdaptive};

TimeDelta Sec(int64_t s) { return TimeDelta::Seconds(s); }

// The mean of the target over the 8 s before `second`: some of the saw's teeth, not where in one it happens to be.
double TargetAt(const World& world, int second) {
  return static_cast<double>(world.media()[0]->record().Over(Sec(std::max(0, second - 8)), Sec(second)).target.kbps());
}

Figure Target(const World& world, int second, std::optional<double> min, std::optional<double> max = std::nullopt,
              std::optional<double> goal = std::nullopt) {
  return {.name = "target, 8 s up to " + std::to_string(second) + " s",
          .value = TargetAt(world, second),
          .min = min,
          .max = max,
          .unit = "kbit/s",
          .goal = goal};
}

Outcome StepsUpAndDown(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 500}, {25, 800}, {45, 100}});
  MediaFlow& flow = world.AddMedia({.hops = {&line},
                                    .delay = TimeDelta::Millis(100),
                                    .jitter = false,
                                    .flow = {.min = Kbps(30), .audio = DataRate::Zero()}});
  world.At(45, [&flow] { flow.forth().SetDelay(TimeDelta::Millis(200)); });
  world.Run(95);
  outcome.figures.push_back(Target(world, 25, 450));
  outcome.figures.push_back(Target(world, 45, 740, std::nullopt, 750));
  outcome.figures.push_back(Target(world, 95, 65, 115));
  return outcome;
}

Outcome StartsQuickly(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 2000}});
  world.AddMedia({.hops = {&line}, .jitter = false, .max_video_kbps = 2500});
  world.Run(20);
  outcome.figures.push_back(Target(world, 12, 1500));
  outcome.figures.push_back(
      {.name = "target in the third second",
       .value = static_cast<double>(world.media()[0]->record().Over(Sec(2), Sec(3)).target.kbps()),
       .min = 1200,
       .unit = "kbit/s"});
  return outcome;
}

Outcome RandomLoss(SourceKind kind, uint64_t seed, double loss, double min_kbps) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 2000}});
  world.AddMedia(
      {.hops = {&line}, .delay = TimeDelta::Millis(200), .jitter = false, .loss = loss, .max_video_kbps = 2500});
  world.Run(60);
  outcome.figures.push_back(Target(world, 20, min_kbps));
  outcome.figures.push_back(Target(world, 60, min_kbps));
  return outcome;
}

Outcome FollowsAFall(SourceKind kind, uint64_t seed) {
  Outcome outcome = Begin(kind, seed);
  World& world = *outcome.world;
  Bottleneck& line = world.AddLine({{0, 1000}, {30, 500}});
  world.AddMedia({.hops = {&line}, .jitter = false});
  world.Run(40);
  const auto& bins = world.media()[0]->record().bins;
  double after = -1;  // from the fall to a target that the line carries
  for (size_t i = 300; i < bins.size() && after < 0; ++i) {
    if (bins[i].target_kbps <= 500) after = (static_cast<double>(i) - 299) * 100;
  }
  outcome.figures.push_back(
      {.name = "fall followed after", .value = after < 0 ? 1e9 : after, .max = 500, .unit = "ms"});
  outcome.figures.push_back(Target(world, 40, 400, 520));
  return outcome;
}

}  // namespace

void AddReferenceCases(std::vector<Case>& cases) {
  cases.push_back(
      {"reference_steps", "500, then 800 kbit/s at 100 ms, then 100 kbit/s at 200 ms", kAdaptiveOnly, StepsUpAndDown});
  cases.push_back({"reference_start", "2 Mbit/s at 50 ms from a start at 300 kbit/s", kAdaptiveOnly, StartsQuickly});
  cases.push_back({"reference_fall", "a fall from 1 to 0.5 Mbit/s", kAdaptiveOnly, FollowsAFall});
  cases.push_back({"reference_loss_10", "10 % random loss on 2 Mbit/s at 200 ms", kAdaptiveOnly,
                   [](SourceKind kind, uint64_t seed) { return RandomLoss(kind, seed, 0.1, 600); }});
  cases.push_back({"reference_loss_2", "2 % random loss on 2 Mbit/s at 200 ms", kAdaptiveOnly,
                   [](SourceKind kind, uint64_t seed) { return RandomLoss(kind, seed, 0.02, 1500); }});
}

}  // namespace sluice::bwe
