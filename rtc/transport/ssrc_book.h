// The outgoing SSRCs of one transport. Under SRTP an index must never protect two contents, so an SSRC that was used
// before on the same keys goes on above its highest number. The last kRetired closed ones are remembered for that;
// of older ones the cipher state is given up and the SSRC is refused for the rest of the transport's life.
#pragma once

#include <deque>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "rtc/base/ids.h"

namespace sluice {

class SsrcBook {
 public:
  static constexpr size_t kRetired = 512;

  enum class State : uint8_t { kFree, kInUse, kBurnt };
  State StateOf(Ssrc ssrc) const {
    if (in_use_.contains(ssrc)) return State::kInUse;
    return burnt_.contains(ssrc) ? State::kBurnt : State::kFree;
  }
  // The number that a free SSRC must go on with, if it was used before.
  std::optional<ExtSeqNum> NextOf(Ssrc ssrc) const {
    const auto it = retired_.find(ssrc);
    return it == retired_.end() ? std::nullopt : std::optional(it->second);
  }
  void Take(Ssrc ssrc);
  // `next` is the first number that was not used. Returns an SSRC that is burnt from now on, if there is one.
  std::optional<Ssrc> Retire(Ssrc ssrc, ExtSeqNum next);

 private:
  absl::flat_hash_set<Ssrc> in_use_;
  absl::flat_hash_map<Ssrc, ExtSeqNum> retired_;
  std::deque<Ssrc> order_;  // of retirement
  absl::flat_hash_set<Ssrc> burnt_;
};

}  // namespace sluice
