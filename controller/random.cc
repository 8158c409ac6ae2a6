#include "controller/random.h"

#include <fmt/format.h>

#include <random>

namespace sluice::controller {
namespace {

uint32_t Random32() {
  std::random_device device;  // getrandom(2) with libstdc++ and libc++ on Linux
  return static_cast<uint32_t>(device());
}

}  // namespace

std::string RandomUuid() {
  const uint32_t b = (Random32() & 0xffff0fff) | 0x00004000;  // version 4
  const uint32_t c = (Random32() & 0x3fffffff) | 0x80000000;  // variant 1
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", Random32(), b >> 16, b & 0xffff, c >> 16, c & 0xffff,
                     Random32());
}

std::string RandomName() { return fmt::format("{:08x}", Random32()); }

uint32_t RandomSsrc(uint32_t streams) {
  constexpr uint32_t kLowest = 100'000'000;
  return kLowest + Random32() % (UINT32_MAX - kLowest - streams);
}

}  // namespace sluice::controller
