// Every case with every source it is meant for, over a few seeds: no figure beyond its bound. `scripts/bwe` shows them.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "test/bwe/cases.h"

namespace sluice::bwe {
namespace {

constexpr uint64_t kSeeds = 3;

struct Parameter {
  const Case* one;
  SourceKind kind;
};

std::vector<Parameter> AllParameters() {
  std::vector<Parameter> all;
  for (const Case& one : Cases()) {
    for (const SourceKind kind : one.kinds) all.push_back({&one, kind});
  }
  return all;
}

class BweTest : public ::testing::TestWithParam<Parameter> {};

TEST_P(BweTest, StaysWithinItsBounds) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const Figure& figure : GetParam().one->run(GetParam().kind, seed).figures) {
      EXPECT_TRUE(figure.good()) << "seed " << seed << ": " << figure.name << " is " << figure.value << figure.unit
                                 << ", may be " << figure.min.value_or(-INFINITY) << " to "
                                 << figure.max.value_or(INFINITY);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, BweTest, ::testing::ValuesIn(AllParameters()),
                         [](const auto& info) { return info.param.one->name + "_" + NameOf(info.param.kind); });

TEST(BweHarnessTest, ARunIsTheSameEveryTime) {
  const Case& one = Cases().front();
  const Outcome first = one.run(SourceKind::kSimulcast, 7);
  const Outcome second = one.run(SourceKind::kSimulcast, 7);
  ASSERT_EQ(first.figures.size(), second.figures.size());
  for (size_t i = 0; i < first.figures.size(); ++i) EXPECT_EQ(first.figures[i].value, second.figures[i].value);
}

}  // namespace
}  // namespace sluice::bwe
