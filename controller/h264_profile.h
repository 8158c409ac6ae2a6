// The profile-level-id of H264 (RFC 6184 section 8.1): which profile three bytes mean, and what an answer says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::controller {

enum class H264Profile : uint8_t {
  kConstrainedBaseline,
  kBaseline,
  kMain,
  kConstrainedHigh,
  kHigh,
  kPredictiveHigh444,
};

struct H264ProfileLevel {
  static constexpr uint8_t kLevel1b = 0;  // sorts below level 1, though it allows more bits
  H264Profile profile = H264Profile::kConstrainedBaseline;
  uint8_t level = 31;  // ten times the level: 31 is 3.1
  bool operator==(const H264ProfileLevel&) const = default;
};

// What "42e01f" says; nullopt for anything else than six hex digits of a known profile and level.
std::optional<H264ProfileLevel> ParseH264ProfileLevelId(std::string_view text);
// The usual spelling: "42e01f". "" for level 1b of a profile that has none.
std::string H264ProfileLevelIdString(const H264ProfileLevel& value);
// The lower of two levels of H.264 table A-1.
uint8_t LowerH264Level(uint8_t a, uint8_t b);

}  // namespace sluice::controller
