#include <gtest/gtest.h>

#include "worker/wire/transport_wire.h"

namespace sluice::wire {
namespace {

TEST(ConsentDecodeTest, StaysBetweenTenAndSixtySeconds) {
  EXPECT_EQ(DecodeConsentTimeout(1), TimeDelta::Seconds(10));
  EXPECT_EQ(DecodeConsentTimeout(9), TimeDelta::Seconds(10));
  EXPECT_EQ(DecodeConsentTimeout(10), TimeDelta::Seconds(10));
  EXPECT_EQ(DecodeConsentTimeout(30), TimeDelta::Seconds(30));
  EXPECT_EQ(DecodeConsentTimeout(60), TimeDelta::Seconds(60));
  EXPECT_EQ(DecodeConsentTimeout(61), TimeDelta::Seconds(60));
  EXPECT_EQ(DecodeConsentTimeout(255), TimeDelta::Seconds(60));
}

TEST(ConsentDecodeTest, ZeroStaysZeroWhichMeansNever) { EXPECT_EQ(DecodeConsentTimeout(0), TimeDelta::Zero()); }

}  // namespace
}  // namespace sluice::wire
