// Look-up in the router's maps.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace sluice {

// Null when there is none.
template <class Map>
auto* FindById(const Map& map, const std::string& id) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : it->second;
}

inline absl::Status IdTaken(const char* field, const std::string& id) {
  return absl::AlreadyExistsError(std::string(field) + ": '" + id + "' exists already");
}

}  // namespace sluice
