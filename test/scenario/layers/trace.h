// SLUICE_TRACE=1 prints what happens in a call: to see how a failure came about.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "rtc/base/units.h"

namespace sluice::testing_support {

template <class... Args>
void Trace(Timestamp now, fmt::format_string<Args...> format, Args&&... args) {
  static const bool wanted = std::getenv("SLUICE_TRACE") != nullptr;
  if (wanted) fmt::print("{}.{:03} {}\n", now.ms(), now.us() % 1000, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sluice::testing_support
