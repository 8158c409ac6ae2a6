// Frames that come late, in whole or in part, lost on their way to us and repaired: whatever is wished meanwhile, what went
// out is complete when all has come, and each of its pictures has one end.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/forward/frame_memory.h"
#include "test/rtc/forward/filtered_stream.h"

namespace sluice {
namespace {

using testing_support::FilteredFrame;
using testing_support::FilteredStream;
using testing_support::FilteringReceiver;

constexpr uint8_t kBoth = 0b11;  // a frame's packets, a bit for each

// What became of a frame.
struct Outcome {
  FilteredFrame frame;
  uint8_t passed = 0;
  uint8_t markers = 0;
};

class LateFramesTest : public testing::TestWithParam<std::tuple<bool, std::string>> {
 protected:
  LateFramesTest() : top_{mode()[1] - '1', mode()[3] - '1'} {}

  bool by_descriptor() const { return std::get<0>(GetParam()); }
  const std::string& mode() const { return std::get<1>(GetParam()); }

  void Play(uint64_t seed);
  void Give(FilteringReceiver& receiver, const FilteredFrame& packet);
  // Where a receiver starts. Of a stream of independent layers VP9 tells only with the frame's last packet what it is.
  bool IsFirst(const FilteredFrame& packet) const {
    return outcomes_.empty() || (outcomes_.begin()->first == packet.number && mode()[0] == 'S' && !by_descriptor());
  }
  std::vector<std::string> Wrong() const;
  bool IsForgotten(int64_t need, int64_t number) const;

  const Layers top_;
  Layers wish_;
  Layers wish_of_picture_;  // of the newest
  uint32_t newest_ = 0;
  std::map<int64_t, Outcome> outcomes_;  // by number, the order in which a receiver takes them
};

void LateFramesTest::Give(FilteringReceiver& receiver, const FilteredFrame& packet) {
  if (outcomes_.empty() || IsNewerTimestamp(packet.timestamp, newest_)) {
    newest_ = packet.timestamp;
    wish_of_picture_ = wish_;
  }
  receiver.Take(packet, wish_of_picture_);
  Outcome& outcome = outcomes_[packet.number];
  outcome.frame = packet;
  const auto bit = static_cast<uint8_t>(packet.described.dependency->last_packet ? 0b10 : 0b01);
  if (!receiver.passed(packet.number)) return;
  outcome.passed |= bit;
  if (packet.marker || receiver.ends_picture()) outcome.markers |= bit;
}

// Two packets of each frame. One, or a frame, or a picture is late by up to three pictures.
void LateFramesTest::Play(uint64_t seed) {
  Rng rng(seed);
  FilteredStream stream(mode());
  FilteringReceiver receiver(by_descriptor(), stream);
  wish_ = top_;
  outcomes_.clear();
  std::multimap<int, FilteredFrame> late;  // by the picture before which they come
  const auto happens = [&](int one_of) { return rng.Between(1, one_of) == 1; };
  for (int picture = 0; picture < 300; ++picture) {
    if (happens(6)) {
      wish_ = {static_cast<int>(rng.Between(0, top_.spatial)), static_cast<int>(rng.Between(0, top_.temporal))};
    }
    for (; !late.empty() && late.begin()->first <= picture; late.erase(late.begin())) {
      Give(receiver, late.begin()->second);
    }
    const bool key = picture == 0 || happens(40) || (receiver.wants_key_frame(wish_) && happens(5));
    const bool picture_is_late = happens(15);
    const auto until = picture + static_cast<int>(rng.Between(1, 3));
    for (const auto& frame : stream.NextPicture(key, !key && happens(20) ? 0 : top_.spatial)) {
      const bool frame_is_late = picture_is_late || happens(20);
      for (const auto& packet : testing_support::InTwoPackets(frame)) {
        if (!IsFirst(packet) && (frame_is_late || happens(40))) {
          late.emplace(until, packet);
        } else {
          Give(receiver, packet);
        }
      }
    }
  }
  for (const auto& [when, packet] : late) Give(receiver, packet);
}

// In a stream of independent layers a key frame takes the place of all that a VP9 decoder remembers.
bool LateFramesTest::IsForgotten(int64_t need, int64_t number) const {
  if (by_descriptor() || mode()[0] != 'S') return false;
  for (auto it = outcomes_.upper_bound(need); it != outcomes_.end() && it->first < number; ++it) {
    if (it->second.passed != 0 && !it->second.frame.as_vp9.inter_picture) return true;
  }
  return false;
}

std::vector<std::string> LateFramesTest::Wrong() const {
  std::vector<std::string> wrong;
  for (auto it = outcomes_.begin(); it != outcomes_.end(); ++it) {
    const auto& [number, outcome] = *it;
    if (outcome.passed == 0) continue;
    if (outcome.passed != kBoth) wrong.push_back(fmt::format("frame {} is cut", number));
    for (const int64_t need : outcome.frame.needs) {
      const auto needed = outcomes_.find(need);
      if (needed == outcomes_.end()) continue;
      if (needed->second.passed == 0) wrong.push_back(fmt::format("frame {} needs {}, left out", number, need));
      if (IsForgotten(need, number)) wrong.push_back(fmt::format("frame {} needs {}, forgotten", number, need));
    }
    const auto next =
        std::find_if(std::next(it), outcomes_.end(), [](const auto& other) { return other.second.passed != 0; });
    const bool is_last = next == outcomes_.end() || next->second.frame.timestamp != outcome.frame.timestamp;
    if (outcome.markers != (is_last ? 0b10 : 0)) {
      wrong.push_back(fmt::format("frame {}: markers {:02b}", number, outcome.markers));
    }
  }
  return wrong;
}

TEST_P(LateFramesTest, WhatWentOutIsCompleteWhenAllHasCome) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Play(seed);
    ASSERT_EQ(Wrong(), std::vector<std::string>()) << "seed " << seed;
  }
}

TEST_P(LateFramesTest, DoesNotGoDownToALayerOfWhichALatePictureWillBeLeftOut) {
  if (!mode().ends_with("KEY")) GTEST_SKIP() << "lower layers are sent with the upper ones, or never";
  FilteredStream stream(mode());
  FilteringReceiver receiver(by_descriptor(), stream);
  const Layers slow{top_.spatial, 0};
  const auto give = [&](const std::vector<FilteredFrame>& picture, Layers wish) {
    for (const auto& frame : picture) receiver.Take(frame, wish);
  };
  for (const bool key : {true, false, true}) give(stream.NextPicture(key), slow);
  auto late = stream.NextPicture();
  for (; late[0].as_vp9.temporal_layer != 0; late = stream.NextPicture()) give(late, slow);
  const Layers low{0, top_.temporal};
  const auto next = stream.NextPicture();
  give(next, low);
  EXPECT_FALSE(receiver.passed(next[0].number)) << "it needs the late one's";
  EXPECT_TRUE(receiver.wants_key_frame(low));
  give(late, low);
  EXPECT_FALSE(receiver.passed(late[0].number));
  EXPECT_TRUE(receiver.passed(late.back().number));
}

TEST_P(LateFramesTest, UpperLayerOfTheKeyPictureThatComesLateCountsAsSent) {
  if (mode()[0] != 'L' || top_.spatial == 0) GTEST_SKIP() << "nothing promises an upper layer";
  FilteredStream stream(mode());
  FilteringReceiver receiver(by_descriptor(), stream);
  const auto key = stream.NextPicture(true);
  receiver.Take(key[0], top_);
  for (const auto& frame : stream.NextPicture()) receiver.Take(frame, top_);
  EXPECT_EQ(receiver.last().spatial, top_.spatial);
  EXPECT_TRUE(receiver.ends_picture());
  EXPECT_FALSE(receiver.wants_key_frame(top_));
  for (size_t i = 1; i < key.size(); ++i) receiver.Take(key[i], top_);
  EXPECT_TRUE(receiver.passed(key.back().number) && receiver.ends_picture());
}

INSTANTIATE_TEST_SUITE_P(Modes, LateFramesTest,
                         testing::Combine(testing::Bool(), testing::Values("L1T1", "L1T3", "L2T1", "L2T2", "L3T3",
                                                                           "L2T2_KEY", "L3T3_KEY", "S2T1", "S3T3")),
                         [](const auto& info) {
                           return std::get<1>(info.param) + (std::get<0>(info.param) ? "ByDescriptor" : "ByVp9");
                         });

}  // namespace
}  // namespace sluice
