// Counts the calls of operator new in this process, to show that a hot path makes none. Linking this replaces the
// global operators; malloc by C libraries is not seen.
#pragma once

#include <cstdint>

namespace sluice::test {

uint64_t AllocationCount();

}  // namespace sluice::test
