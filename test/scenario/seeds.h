// The seeds a scenario runs with. SLUICE_SEED=n runs all of them with that one alone, to see a failure again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace sluice {

inline std::vector<uint64_t> Seeds() {
  if (const char* seed = std::getenv("SLUICE_SEED")) return {std::strtoull(seed, nullptr, 10)};
  return {1, 2, 3};
}

}  // namespace sluice

// A failure inside says which seed it was.
#define SLUICE_TRACE_SEED(seed) SCOPED_TRACE(::testing::Message() << "run again with SLUICE_SEED=" << (seed))
