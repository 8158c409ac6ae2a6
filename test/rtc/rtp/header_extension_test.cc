#include "rtc/rtp/header_extension.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

TEST(HeaderExtensionTest, EveryUriComesBack) {
  for (size_t i = 0; i < kHeaderExtensionCount; ++i) {
    const auto extension = static_cast<HeaderExtension>(i);
    EXPECT_EQ(HeaderExtensionOf(UriOf(extension)), extension);
  }
  EXPECT_EQ(HeaderExtensionOf("urn:ietf:params:rtp-hdrext:sdes:mi"), std::nullopt);
  EXPECT_EQ(HeaderExtensionOf(""), std::nullopt);
}

TEST(ExtensionMapTest, FindsBothWays) {
  ExtensionMap map;
  EXPECT_TRUE(map.Add(HeaderExtension::kMid, 1));
  EXPECT_TRUE(map.Add(HeaderExtension::kMediasoupPacketId, 255));
  EXPECT_EQ(map.IdOf(HeaderExtension::kMid), 1);
  EXPECT_EQ(map.TypeOf(1), HeaderExtension::kMid);
  EXPECT_EQ(map.TypeOf(255), HeaderExtension::kMediasoupPacketId);
  EXPECT_FALSE(map.Has(HeaderExtension::kRid));
  EXPECT_EQ(map.TypeOf(0), std::nullopt);
}

TEST(ExtensionMapTest, RefusesIdZeroAndWhatIsTaken) {
  ExtensionMap map;
  EXPECT_FALSE(map.Add(HeaderExtension::kMid, 0));
  EXPECT_TRUE(map.Add(HeaderExtension::kMid, 4));
  EXPECT_FALSE(map.Add(HeaderExtension::kRid, 4));
  EXPECT_FALSE(map.Add(HeaderExtension::kMid, 5));
  EXPECT_EQ(map.IdOf(HeaderExtension::kMid), 4);
  EXPECT_EQ(map.TypeOf(5), std::nullopt);
}

}  // namespace
}  // namespace sluice::rtp
