#include "conference/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sluice::conference {
namespace {

using testing::HasSubstr;

class OptionsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/sluice-worker") << "#!/bin/sh\n";
    std::filesystem::permissions(folder_ + "/sluice-worker", std::filesystem::perms::owner_all);
    std::ofstream(folder_ + "/cert.pem") << "certificate";
  }
  absl::StatusOr<CommandLine> Parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "sluice");
    return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data(), folder_);
  }
  std::string Complaint(std::vector<const char*> arguments) {
    const auto line = Parse(std::move(arguments));
    return line.ok() ? "accepted" : std::string(line.status().message());
  }

  const std::string folder_ =
      testing::TempDir() + "sluice_options_" + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(OptionsTest, DefaultsAreLoopbackAndOneWorkerPerCore) {
  const auto line = Parse({});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->options.listen, (Endpoint{"127.0.0.1", kDefaultPort}));
  EXPECT_GE(line->options.workers, 1u);
  EXPECT_EQ(line->options.worker_binary, folder_ + "/sluice-worker");
  EXPECT_FALSE(line->options.tls());
}

TEST_F(OptionsTest, OptionsAreTaken) {
  const auto line =
      Parse({"--listen", "0.0.0.0:443", "--media-port", "40000", "--announce", "203.0.113.9", "--workers", "3",
             "--origin", "https://a.example/", "--origin", "https://b.example", "--log-level", "warn"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->options.listen, (Endpoint{"0.0.0.0", 443}));
  EXPECT_EQ(line->options.media_port, 40000);
  EXPECT_EQ(line->options.announce, "203.0.113.9");
  EXPECT_EQ(line->options.workers, 3u);
  EXPECT_THAT(line->options.origins, testing::ElementsAre("https://a.example", "https://b.example"));
}

TEST_F(OptionsTest, HelpNamesEveryOption) {
  const auto line = Parse({"--help"});
  ASSERT_TRUE(line.ok());
  for (const char* option : {"--listen", "--media-port", "--announce", "--certificate", "--key", "--workers",
                             "--worker-binary", "--web", "--origin", "--log-level"}) {
    EXPECT_THAT(line->text, HasSubstr(option));
  }
}

TEST_F(OptionsTest, WhatIsWrongIsNamedWithWhatWouldBeRight) {
  EXPECT_THAT(Complaint({"--listen", "4443"}), HasSubstr("ADDRESS:PORT"));
  EXPECT_THAT(Complaint({"--workers", "0"}), HasSubstr("1 to 256"));
  EXPECT_THAT(Complaint({"--workers", "three"}), HasSubstr("--workers"));
  EXPECT_THAT(Complaint({"--media-port", "65535", "--workers", "2"}), HasSubstr("65535 is the last"));
  EXPECT_THAT(Complaint({"--media-port", "70000"}), HasSubstr("--media-port"));
  EXPECT_THAT(Complaint({"--announce", "0.0.0.0"}), HasSubstr("--announce"));
  EXPECT_THAT(Complaint({"--announce", "203.0.113.9:40000"}), HasSubstr("--media-port"));
  EXPECT_THAT(Complaint({"--certificate", (folder_ + "/cert.pem").c_str()}), HasSubstr("needs --key"));
  EXPECT_THAT(Complaint({"--key", "k"}), HasSubstr("needs --certificate"));
  EXPECT_THAT(Complaint({"--certificate", "/nowhere", "--key", "/nowhere"}), HasSubstr("not a file that can be read"));
  EXPECT_THAT(Complaint({"--worker-binary", "/nowhere"}), HasSubstr("scripts/build"));
  EXPECT_THAT(Complaint({"--origin", "a.example"}), HasSubstr("https://HOST"));
  EXPECT_THAT(Complaint({"--log-level", "loud"}), HasSubstr("--log-level"));
  EXPECT_THAT(Complaint({"--colour", "red"}), HasSubstr("--colour"));
}

}  // namespace
}  // namespace sluice::conference
