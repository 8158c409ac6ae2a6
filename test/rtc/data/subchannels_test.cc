#include "rtc/data/subchannels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SubchannelSetTest, HoldsEachNumberOnceInOrder) {
  SubchannelSet set({7, 1, 65535, 7, 0, 1});
  EXPECT_THAT(set.numbers(), ElementsAre(0, 1, 7, 65535));
  set.Add(5);
  set.Add(5);
  set.Add(65535);
  EXPECT_THAT(set.numbers(), ElementsAre(0, 1, 5, 7, 65535));
  set.Remove(0);
  set.Remove(6);
  EXPECT_THAT(set.numbers(), ElementsAre(1, 5, 7, 65535));
}

TEST(SubchannelSetTest, MeetsAnotherInOneCommonNumber) {
  const SubchannelSet few({3, 9}), many({1, 2, 9, 11, 12}), none;
  EXPECT_TRUE(few.Intersects(many));
  EXPECT_TRUE(many.Intersects(few));
  EXPECT_FALSE(few.Intersects(SubchannelSet({1, 2, 4})));
  EXPECT_FALSE(few.Intersects(none));
  EXPECT_FALSE(none.Intersects(none));
}

struct Case {
  std::string name;
  MessageSubchannels message;
  std::vector<uint16_t> subscribed;
  bool at_end;
  bool on_pipe;
};

MessageSubchannels For(std::vector<uint16_t> any_of, std::optional<uint16_t> required = {},
                       std::optional<uint16_t> ignored = {}) {
  return {.any_of = SubchannelSet(std::move(any_of)), .required = required, .ignored = ignored};
}

class IsForTest : public testing::TestWithParam<Case> {};

TEST_P(IsForTest, FollowsTheRule) {
  const Case& c = GetParam();
  const SubchannelSet subscribed(c.subscribed);
  EXPECT_EQ(IsFor(c.message, subscribed, SubchannelRule::kEnd), c.at_end);
  EXPECT_EQ(IsFor(c.message, subscribed, SubchannelRule::kPipe), c.on_pipe);
}

INSTANTIATE_TEST_SUITE_P(Subchannels, IsForTest,
                         testing::Values(Case{"ForEverybody", For({}), {1}, true, true},
                                         Case{"ForEverybodyWithoutSubscription", For({}), {}, true, true},
                                         Case{"OneOfSeveral", For({1, 2}), {2, 22}, true, true},
                                         Case{"NoneOfSeveral", For({1, 2}), {3}, false, false},
                                         Case{"WithoutSubscription", For({1, 2}), {}, false, true},
                                         Case{"RequiredAlone", For({}, 5), {5}, true, true},
                                         Case{"RequiredMissing", For({}, 5), {4}, false, false},
                                         Case{"RequiredWithoutSubscription", For({}, 5), {}, false, true},
                                         Case{"RequiredAndOneOf", For({1, 2}, 666), {2, 666}, true, true},
                                         Case{"RequiredButNoneOf", For({1, 2}, 666), {3, 666}, false, false},
                                         Case{"OneOfButNotRequired", For({1, 2}, 666), {2}, false, false},
                                         Case{"IgnoredIsLeftToTheEnd", For({}, {}, 7), {7}, false, true},
                                         Case{"IgnoredIsAnothers", For({}, {}, 7), {8}, true, true},
                                         Case{"IgnoredWithoutSubscription", For({}, {}, 7), {}, true, true},
                                         Case{"IgnoredOverOneOf", For({1}, {}, 7), {1, 7}, false, true},
                                         Case{"Zero", For({0}, 0), {0}, true, true}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace sluice
