// SLUICE_CHECK ends the process when an invariant of our own is broken. Never for anything a peer or a controller can
// cause.
#pragma once

namespace sluice::internal {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace sluice::internal

#define SLUICE_CHECK(condition) \
  ((condition) ? void(0) : ::sluice::internal::CheckFailed(#condition, __FILE__, __LINE__))
