// What the process is told when it starts: arguments as every mediasoup controller passes them, and MEDIASOUP_VERSION
// in the environment, which names the layout of the messages. Only parses and checks; files are read by whoever uses
// them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace sluice {

enum class LogLevel : uint8_t { kNone, kError, kWarn, kDebug };

// InvalidArgument for anything else than none, error, warn, debug.
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view text);

struct Settings {
  LogLevel log_level = LogLevel::kError;
  std::vector<std::string> log_tags;  // unknown ones are ignored
  uint16_t rtc_min_port = 10000;
  uint16_t rtc_max_port = 59999;
  std::string dtls_certificate_file;  // both or neither; empty: a certificate is made
  std::string dtls_private_key_file;
};

// `arguments` without the program's name, "--name=value" or "--name value". InvalidArgument names the argument.
absl::StatusOr<Settings> ParseSettings(std::span<const char* const> arguments);

// The version whose messages this worker was tested with.
inline constexpr std::string_view kTestedVersion = "3.27.1";

}  // namespace sluice
