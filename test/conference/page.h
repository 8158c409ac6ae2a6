// A small page on disk, for the test that is running.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sluice::conference {

inline constexpr size_t kBigFile = 300'000;

inline std::string MakePage() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string folder = testing::TempDir() + "sluice_page_" + test->name() + std::to_string(getpid());
  std::filesystem::create_directories(folder + "/assets");
  std::ofstream(folder + "/index.html") << "<!doctype html><title>Sluice</title>";
  std::ofstream(folder + "/assets/main-ABCD1234.js") << std::string(kBigFile, 'x');
  std::ofstream(folder + "/assets/icon.svg") << "<svg/>";
  return folder;
}

}  // namespace sluice::conference
