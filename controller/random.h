// Numbers and names that must not collide and, for ids, not be guessed. From the kernel.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::controller {

std::string RandomUuid();  // version 4, RFC 4122
std::string RandomName();  // 8 hex digits
// With room for `streams` successors below 2^32, and clear of the small numbers that tools use.
uint32_t RandomSsrc(uint32_t streams);

}  // namespace sluice::controller
