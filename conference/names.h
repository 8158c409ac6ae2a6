// What rooms and participants may be called (docs/signalling.md).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::conference {

inline constexpr size_t kMaxRoomNameLength = 64;  // bytes, all ASCII
inline constexpr size_t kMaxPeerNameLength = 64;  // code points

// 1 to 64 of A-Z a-z 0-9 . - _, the first a letter or digit.
bool IsRoomName(std::string_view name);

// `name` (valid UTF-8) without white space at its ends; nullopt when nothing or too much is left, or something in it is
// not to be seen: control characters, and those that turn the direction of the text around them.
std::optional<std::string> CleanPeerName(std::string_view name);

}  // namespace sluice::conference
