// Recorded streams of real encoders, forwarded while layers change, pauses come and packets go, and then decoded by real
// decoders: every picture must look as if nothing had been left out.
//
// SLUICE_SEED=n runs all with that seed; SLUICE_LAYER_EVENTS=n with that many changes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "test/scenario/layers/layers_call.h"

namespace sluice::testing_support {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t usual) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : usual;
}

#if defined(__SANITIZE_ADDRESS__)  // GCC
#define SLUICE_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)  // clang
#define SLUICE_SLOW 1
#endif
#endif

#ifdef SLUICE_SLOW
constexpr int kChanges = 50;
constexpr int kEvents = 120;
#else
constexpr int kChanges = 400;
constexpr int kEvents = 1000;
#endif

double Percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

class LayersTest : public ::testing::TestWithParam<std::string> {
 protected:
  LayersTest()
      : vector(*ReadVector(GetParam())),
        reference(vector),
        seed(FromEnvironment("SLUICE_SEED", 1)),
        rng(seed),
        call(vector, reference, seed) {}

  void PreferAny() {
    const auto spatial = static_cast<int>(rng.Between(0, call.spatial_layers() - 1));
    call.Prefer(spatial, static_cast<int>(rng.Between(0, call.temporal_layers() - 1)));
  }
  void Wait(int low_ms, int high_ms) { call.RunFor(TimeDelta::Millis(rng.Between(low_ms, high_ms))); }

  // Mostly a change of layers; or something that happens to a call.
  void Disturb() {
    const auto dice = rng.Between(0, 99);
    if (dice < 55) {
      PreferAny();
    } else if (dice < 65) {
      call.SetConsumerPaused(true);
      Wait(50, 400);
      call.SetConsumerPaused(false);
    } else if (dice < 70) {
      call.SetProducerPaused(true);
      Wait(50, 400);
      call.SetProducerPaused(false);
    } else if (dice < 75) {
      call.AskForKeyFrame();
    } else if (dice < 90) {
      call.LoseUp(static_cast<int>(rng.Between(1, 4)), dice >= 87);
    } else {
      call.LoseDown(static_cast<int>(rng.Between(1, 4)));
    }
  }

  void Report(const char* what) const {
    const auto& stats = call.stats();
    fmt::print(
        "{} {}: {} pictures, {} switches, gap p99 {} max {} intervals, p99 {:.0f} max {:.0f} ms; any gap max {}; "
        "reached p50 {:.0f} p99 {:.0f} max {:.0f} ms of {}, {} overtaken; skew {:.1f} ms; too high {}; breaks {} "
        "of {}, {} unexplained; PLI {}; errors {}\n",
        vector.name, what, call.receiver().pictures(), stats.gaps.size(), Percentile(stats.gaps, 0.99),
        Percentile(stats.gaps, 1), Percentile(stats.gap_ms, 0.99), Percentile(stats.gap_ms, 1),
        Percentile(stats.all_gaps, 1), Percentile(stats.reached_ms, 0.5), Percentile(stats.reached_ms, 0.99),
        Percentile(stats.reached_ms, 1), stats.reached_ms.size(), stats.not_reached, stats.worst_skew_ms,
        stats.too_high, call.receiver().breaks(), call.losses_for_good(), stats.unexplained_breaks,
        stats.key_frame_requests, call.receiver().errors().size());
  }
  std::vector<std::string> FirstErrors() const {
    const auto& errors = call.receiver().errors();
    return {errors.begin(), errors.begin() + static_cast<ptrdiff_t>(std::min<size_t>(errors.size(), 8))};
  }

  const RtpVector vector;
  const ReferenceFrames reference;
  const uint64_t seed;
  Rng rng;
  LayersCall call;
};

TEST_P(LayersTest, EveryPictureIsDecodedThroughRandomChangesOfLayers) {
  SCOPED_TRACE(fmt::format("run again with SLUICE_SEED={}", seed));
  call.RunFor(TimeDelta::Seconds(2));
  const auto changes = static_cast<int>(FromEnvironment("SLUICE_LAYER_EVENTS", kChanges));
  for (int i = 0; i < changes; ++i) {
    PreferAny();
    Wait(100, 900);
  }
  Report("changes");
  EXPECT_EQ(FirstErrors(), std::vector<std::string>());
  EXPECT_EQ(call.receiver().breaks(), 0);
  EXPECT_EQ(call.stats().too_high, 0);
  EXPECT_LE(Percentile(call.stats().all_gaps, 1), 2);
  EXPECT_LE(Percentile(call.stats().reached_ms, 1), 1000);
  EXPECT_LE(call.stats().worst_skew_ms, 5);
}

TEST_P(LayersTest, EveryPictureIsDecodedThroughPausesAndLosses) {
  SCOPED_TRACE(fmt::format("run again with SLUICE_SEED={}", seed));
  call.RunFor(TimeDelta::Seconds(2));
  const auto events = static_cast<int>(FromEnvironment("SLUICE_LAYER_EVENTS", kEvents));
  for (int i = 0; i < events; ++i) {
    Disturb();
    Wait(50, 500);
  }
  call.RunFor(TimeDelta::Seconds(3));
  Report("events");
  EXPECT_EQ(FirstErrors(), std::vector<std::string>());
  EXPECT_EQ(call.stats().unexplained_breaks, 0);
  EXPECT_LE(Percentile(call.stats().all_gaps, 1), 2);
  EXPECT_LE(call.stats().worst_skew_ms, 5);
}

std::string Named(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, LayersTest, ::testing::ValuesIn(VectorNames()), Named);

}  // namespace
}  // namespace sluice::testing_support
