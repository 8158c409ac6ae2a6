#include "worker/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

absl::StatusOr<Settings> Parse(std::vector<const char*> arguments) { return ParseSettings(arguments); }

std::string ErrorOf(std::vector<const char*> arguments) {
  const auto settings = ParseSettings(arguments);
  return settings.ok() ? "" : std::string(settings.status().message());
}

TEST(SettingsTest, TakesWhatControllersPass) {
  const auto settings =
      Parse({"--logLevel=debug", "--logTag=ice", "--logTag", "rtp", "--rtcMinPort=2000", "--rtcMaxPort=3000",
             "--dtlsCertificateFile=a", "--dtlsPrivateKeyFile=b", "--libwebrtcFieldTrials=X/Enabled/"});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->log_level, LogLevel::kDebug);
  EXPECT_THAT(settings->log_tags, ElementsAre("ice", "rtp"));
  EXPECT_EQ(settings->rtc_min_port, 2000);
  EXPECT_EQ(settings->rtc_max_port, 3000);
  EXPECT_EQ(settings->dtls_certificate_file, "a");
  EXPECT_EQ(settings->dtls_private_key_file, "b");
}

TEST(SettingsTest, SaysWhatWouldBeRight) {
  EXPECT_THAT(ErrorOf({"--logLevel=chicken"}), HasSubstr("none, error, warn, debug"));
  EXPECT_THAT(ErrorOf({"--rtcMaxPort=65536"}), HasSubstr("from 0 to 65535"));
  EXPECT_THAT(ErrorOf({"--rtcMinPort="}), HasSubstr("from 0 to 65535"));
  EXPECT_THAT(ErrorOf({"--foo=1"}), HasSubstr("--dtlsPrivateKeyFile"));
  EXPECT_THAT(ErrorOf({"--dtlsPrivateKeyFile=a"}), HasSubstr("given together"));
}

TEST(SettingsTest, NamesTheArgumentThatIsWrong) {
  EXPECT_THAT(ErrorOf({"--logLevel=chicken"}), HasSubstr("--logLevel"));
  EXPECT_THAT(ErrorOf({"--rtcMaxPort=65536"}), HasSubstr("--rtcMaxPort"));
  EXPECT_THAT(ErrorOf({"--rtcMinPort=x"}), HasSubstr("--rtcMinPort"));
  EXPECT_THAT(ErrorOf({"--rtcMinPort=-1"}), HasSubstr("--rtcMinPort"));
  EXPECT_THAT(ErrorOf({"--rtcMinPort=1000", "--rtcMaxPort=999"}), HasSubstr("--rtcMinPort"));
  EXPECT_THAT(ErrorOf({"--dtlsCertificateFile=a"}), HasSubstr("together"));
  EXPECT_THAT(ErrorOf({"--foo=1"}), HasSubstr("--foo"));
  EXPECT_THAT(ErrorOf({"--logTag"}), HasSubstr("missing"));
  EXPECT_THAT(ErrorOf({"x"}), HasSubstr("not an argument"));
}

}  // namespace
}  // namespace sluice
