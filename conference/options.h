// The command line of `sluice`, read and checked: what is wrong is said with what would be right.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "conference/addresses.h"

namespace sluice::conference {

inline constexpr uint16_t kDefaultPort = 4443;
inline constexpr size_t kMaxWorkers = 256;

struct Options {
  Endpoint listen{"127.0.0.1", kDefaultPort};
  uint16_t media_port = 0;  // of the first worker, the others follow; 0: any
  std::string announce;     // "": the address that media is received on
  std::string certificate_file;
  std::string key_file;
  size_t workers = 1;
  std::string worker_binary;
  std::string web_directory;
  std::vector<std::string> origins;
  std::string log_level = "info";

  bool tls() const { return !certificate_file.empty(); }
};

struct CommandLine {
  Options options;
  std::string text;  // for --help and --version: to be printed instead of starting
};

// `program_directory` is where the program lies: its worker is beside it, an installed page near it.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv, const std::string& program_directory);

}  // namespace sluice::conference
