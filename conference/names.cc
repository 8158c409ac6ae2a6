#include "conference/names.h"

#include <algorithm>
#include <cstdint>

namespace sluice::conference {
namespace {

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

struct CodePoint {
  uint32_t value;
  size_t bytes;
};

// The first code point of valid UTF-8 that is not empty.
CodePoint FirstCodePoint(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  bytes = std::min(bytes, text.size());
  uint32_t value = bytes == 1 ? first : first & (0x7fU >> bytes);
  for (size_t i = 1; i < bytes; ++i) value = value << 6 | (static_cast<uint8_t>(text[i]) & 0x3fU);
  return {value, bytes};
}

bool IsSpace(uint32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

bool IsControl(uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x200b && c <= 0x200f && c != 0x200d) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

bool IsRoomName(std::string_view name) {
  if (name.empty() || name.size() > kMaxRoomNameLength || !IsLetterOrDigit(name[0])) return false;
  return std::ranges::all_of(name, [](char c) { return IsLetterOrDigit(c) || c == '.' || c == '-' || c == '_'; });
}

std::optional<std::string> CleanPeerName(std::string_view name) {
  size_t begin = 0;
  size_t end = 0;  // behind the last character that is not white space
  size_t length = 0;
  size_t length_at_end = 0;
  for (size_t at = 0; at < name.size();) {
    const CodePoint c = FirstCodePoint(name.substr(at));
    const bool space = IsSpace(c.value);
    if (space && length == 0) {
      begin = at + c.bytes;
    } else {
      ++length;
      if (!space) {
        end = at + c.bytes;
        length_at_end = length;
      }
    }
    at += c.bytes;
  }
  if (length_at_end == 0 || length_at_end > kMaxPeerNameLength) return std::nullopt;
  const std::string_view cleaned = name.substr(begin, end - begin);
  for (size_t at = 0; at < cleaned.size();) {
    const CodePoint c = FirstCodePoint(cleaned.substr(at));
    if (IsControl(c.value)) return std::nullopt;
    at += c.bytes;
  }
  return std::string(cleaned);
}

}  // namespace sluice::conference
