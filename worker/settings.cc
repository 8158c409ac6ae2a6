#include "worker/settings.h"

#include <fmt/format.h>

#include <charconv>

namespace sluice {
namespace {

absl::Status Wrong(std::string_view argument, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("--{}: {}", argument, why));
}

absl::StatusOr<uint16_t> ParsePort(std::string_view argument, std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port > 65535) {
    return Wrong(argument, "a port is a number from 0 to 65535");
  }
  return static_cast<uint16_t>(port);
}

absl::Status Apply(std::string_view name, std::string_view value, Settings& settings) {
  if (name == "logLevel") {
    auto level = ParseLogLevel(value);
    if (!level.ok()) return Wrong(name, "one of none, error, warn, debug");
    settings.log_level = *level;
  } else if (name == "logTag") {
    settings.log_tags.emplace_back(value);
  } else if (name == "rtcMinPort" || name == "rtcMaxPort") {
    auto port = ParsePort(name, value);
    if (!port.ok()) return port.status();
    (name == "rtcMinPort" ? settings.rtc_min_port : settings.rtc_max_port) = *port;
  } else if (name == "dtlsCertificateFile") {
    settings.dtls_certificate_file = value;
  } else if (name == "dtlsPrivateKeyFile") {
    settings.dtls_private_key_file = value;
  } else if (name != "libwebrtcFieldTrials") {  // about a library that is not used here
    return Wrong(name,
                 "unknown argument; there are --logLevel, --logTag, --rtcMinPort, --rtcMaxPort, --dtlsCertificateFile, "
                 "--dtlsPrivateKeyFile and --libwebrtcFieldTrials");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view text) {
  if (text == "none") return LogLevel::kNone;
  if (text == "error") return LogLevel::kError;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "debug") return LogLevel::kDebug;
  return absl::InvalidArgumentError("logLevel: one of none, error, warn, debug");
}

absl::StatusOr<Settings> ParseSettings(std::span<const char* const> arguments) {
  Settings settings;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (!argument.starts_with("--")) return absl::InvalidArgumentError(fmt::format("{}: not an argument", argument));
    argument.remove_prefix(2);
    const size_t equals = argument.find('=');
    std::string_view value;
    if (equals != std::string_view::npos) {
      value = argument.substr(equals + 1);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return Wrong(argument, "a value is missing");
    }
    if (auto status = Apply(argument.substr(0, equals), value, settings); !status.ok()) return status;
  }
  if (settings.rtc_min_port > settings.rtc_max_port) return Wrong("rtcMinPort", "is above --rtcMaxPort");
  if (settings.dtls_certificate_file.empty() != settings.dtls_private_key_file.empty()) {
    return Wrong(settings.dtls_certificate_file.empty() ? "dtlsCertificateFile" : "dtlsPrivateKeyFile",
                 "certificate and key are given together");
  }
  return settings;
}

}  // namespace sluice
