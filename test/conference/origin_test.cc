#include "conference/origin.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::conference {
namespace {

const std::vector<std::string> kListed{"https://meet.example.org"};

TEST(OriginTest, ThePageOfThisHostMayConnect) {
  EXPECT_TRUE(IsOriginAllowed("http://localhost:4443", "localhost:4443", {}));
  EXPECT_TRUE(IsOriginAllowed("https://Meet.Example.com", "meet.example.com", {}));
  EXPECT_TRUE(IsOriginAllowed("https://meet.example.com", "meet.example.com:443", {}));
  EXPECT_TRUE(IsOriginAllowed("http://[::1]:4443", "[::1]:4443", {}));
}

TEST(OriginTest, OtherPagesMayNot) {
  EXPECT_FALSE(IsOriginAllowed("http://localhost:8080", "localhost:4443", {}));
  EXPECT_FALSE(IsOriginAllowed("https://evil.example", "localhost:4443", kListed));
  EXPECT_FALSE(IsOriginAllowed("https://localhost:4443.evil.example", "localhost:4443", {}));
  EXPECT_FALSE(IsOriginAllowed("null", "localhost:4443", {}));
  EXPECT_FALSE(IsOriginAllowed("file://", "", {}));
}

TEST(OriginTest, ListedPagesAndProgramsMay) {
  EXPECT_TRUE(IsOriginAllowed("https://meet.example.org", "localhost:4443", kListed));
  EXPECT_TRUE(IsOriginAllowed("", "localhost:4443", {}));
}

TEST(OriginTest, AnOriginHasNothingBehindItsHost) {
  EXPECT_TRUE(IsOrigin("https://meet.example.org:8443"));
  for (const char* bad : {"meet.example.org", "https://", "https://a/b", "ftp://a", "https://a?b", "https://u@a"}) {
    EXPECT_FALSE(IsOrigin(bad)) << bad;
  }
}

}  // namespace
}  // namespace sluice::conference
