#include "controller/h264_profile.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice::controller {
namespace {

constexpr uint8_t kConstraintSet3 = 0x10;

// RFC 6184 table 5: profile_idc, and the bits of profile_iop that must be as in `value` (those not in `mask` may be
// anything).
struct ProfilePattern {
  uint8_t profile_idc;
  uint8_t mask;
  uint8_t value;
  H264Profile profile;
};
constexpr std::array<ProfilePattern, 9> kPatterns{{
    {0x42, 0x4f, 0x40, H264Profile::kConstrainedBaseline},
    {0x4d, 0x8f, 0x80, H264Profile::kConstrainedBaseline},
    {0x58, 0xcf, 0xc0, H264Profile::kConstrainedBaseline},
    {0x42, 0x4f, 0x00, H264Profile::kBaseline},
    {0x58, 0xcf, 0x80, H264Profile::kBaseline},
    {0x4d, 0xaf, 0x00, H264Profile::kMain},
    {0x64, 0xff, 0x00, H264Profile::kHigh},
    {0x64, 0xff, 0x0c, H264Profile::kConstrainedHigh},
    {0xf4, 0xff, 0x00, H264Profile::kPredictiveHigh444},
}};

constexpr std::array<uint8_t, 16> kLevels{10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52};

std::string Hex(uint8_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  return {kDigits[value >> 4], kDigits[value & 15]};
}

}  // namespace

std::optional<H264ProfileLevel> ParseH264ProfileLevelId(std::string_view text) {
  if (text.size() != 6) return std::nullopt;
  uint32_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto idc = static_cast<uint8_t>(number >> 16);
  const auto iop = static_cast<uint8_t>(number >> 8);
  auto level = static_cast<uint8_t>(number);
  if (std::find(kLevels.begin(), kLevels.end(), level) == kLevels.end()) return std::nullopt;
  // Level 1b is spelt as 1.1 with a flag.
  if (level == 11 && (iop & kConstraintSet3) != 0) level = H264ProfileLevel::kLevel1b;
  for (const ProfilePattern& pattern : kPatterns) {
    if (pattern.profile_idc == idc && (iop & pattern.mask) == pattern.value) {
      return H264ProfileLevel{pattern.profile, level};
    }
  }
  return std::nullopt;
}

std::string H264ProfileLevelIdString(const H264ProfileLevel& value) {
  if (value.level == H264ProfileLevel::kLevel1b) {
    switch (value.profile) {
      case H264Profile::kConstrainedBaseline:
        return "42f00b";
      case H264Profile::kBaseline:
        return "42100b";
      case H264Profile::kMain:
        return "4d100b";
      default:
        return "";
    }
  }
  switch (value.profile) {
    case H264Profile::kConstrainedBaseline:
      return "42e0" + Hex(value.level);
    case H264Profile::kBaseline:
      return "4200" + Hex(value.level);
    case H264Profile::kMain:
      return "4d00" + Hex(value.level);
    case H264Profile::kConstrainedHigh:
      return "640c" + Hex(value.level);
    case H264Profile::kHigh:
      return "6400" + Hex(value.level);
    case H264Profile::kPredictiveHigh444:
      return "f400" + Hex(value.level);
  }
  return "";
}

uint8_t LowerH264Level(uint8_t a, uint8_t b) {
  // 1b lies between 1 and 1.1.
  auto rank = [](uint8_t level) { return level == H264ProfileLevel::kLevel1b ? 21 : 2 * level; };
  return rank(a) <= rank(b) ? a : b;
}

}  // namespace sluice::controller
