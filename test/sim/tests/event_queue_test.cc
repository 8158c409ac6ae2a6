#include "test/sim/event_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace sluice::sim {
namespace {

using testing::ElementsAre;

class EventQueueTest : public testing::Test {
 protected:
  VirtualClock clock_;
  EventQueue events_{clock_};
  std::vector<int> ran_;
};

TEST_F(EventQueueTest, RunsInOrderOfTimeAndThenOfCalling) {
  events_.After(TimeDelta::Millis(2), [&] { ran_.push_back(2); });
  events_.After(TimeDelta::Millis(1), [&] { ran_.push_back(0); });
  events_.After(TimeDelta::Millis(1), [&] { ran_.push_back(1); });
  events_.RunFor(TimeDelta::Millis(2));
  EXPECT_THAT(ran_, ElementsAre(0, 1, 2));
}

TEST_F(EventQueueTest, MovesTheClockToEachEventAndThenToTheEnd) {
  const Timestamp start = events_.now();
  events_.After(TimeDelta::Millis(5), [&] { EXPECT_EQ(events_.now(), start + TimeDelta::Millis(5)); });
  events_.RunFor(TimeDelta::Millis(9));
  EXPECT_EQ(events_.now(), start + TimeDelta::Millis(9));
}

TEST_F(EventQueueTest, RunsWhatAnEventAddsForNow) {
  events_.After(TimeDelta::Millis(1), [&] { events_.At(Timestamp::Millis(0), [&] { ran_.push_back(1); }); });
  events_.RunFor(TimeDelta::Millis(1));
  EXPECT_THAT(ran_, ElementsAre(1));
}

TEST_F(EventQueueTest, CancelsWhatHasNotRun) {
  const auto event = events_.After(TimeDelta::Millis(1), [&] { ran_.push_back(1); });
  events_.Cancel(event);
  events_.RunFor(TimeDelta::Millis(2));
  events_.Cancel(event);
  EXPECT_TRUE(ran_.empty());
}

TEST_F(EventQueueTest, RepeatsEvery) {
  events_.Every(TimeDelta::Millis(10), [&] { ran_.push_back(1); });
  events_.RunFor(TimeDelta::Millis(35));
  EXPECT_EQ(ran_.size(), 3u);
}

}  // namespace
}  // namespace sluice::sim
