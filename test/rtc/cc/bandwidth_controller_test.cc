#include "rtc/cc/bandwidth_controller.h"

#include <gmock/gmock.h>

namespace sluice {
namespace {

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }

TEST(BandwidthControllerTest, BeginsAtTheStartWithinItsBounds) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(300), Kbps(1000));
  EXPECT_EQ(controller.target(), Kbps(300));
  controller.SetBounds(Kbps(50), Kbps(3000), Kbps(1000));
  EXPECT_EQ(controller.target(), Kbps(1000));
  controller.SetBounds(Kbps(50), std::nullopt, Kbps(500));
  EXPECT_EQ(controller.target(), Kbps(500));
}

TEST(BandwidthControllerTest, ALowerRembIsObeyedAtOnce) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  controller.OnRemb(Kbps(400), Timestamp::Seconds(10));
  EXPECT_EQ(controller.target(), Kbps(400));
  controller.OnRemb(Kbps(4), Timestamp::Seconds(10));
  EXPECT_EQ(controller.target(), Kbps(50));
}

}  // namespace
}  // namespace sluice
