// Errors that name the field. Not for users of the library.
#pragma once

#include <absl/status/status.h>
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sluice::controller {

inline absl::Status FieldError(std::string_view path, std::string_view problem) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", path, problem));
}

inline std::string Index(std::string_view name, size_t index) { return fmt::format("{}[{}]", name, index); }

}  // namespace sluice::controller
