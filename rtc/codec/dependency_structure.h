// How a dependency structure lies in the descriptor that carries it, behind the five flags; fields without borders of
// bytes (AV1 RTP Payload Format, A.8.2):
//
//    first template (6), decode targets - 1 (5)
//    for each template: what the next one's layer is (2)     0: the same. 1: next temporal. 2: next spatial. 3: no more
//    for each template and target: indication (2)
//    for each template: { 1, difference - 1 (4) } as often as there are references, 0
//    chains, of (targets + 1) values; if there are any:
//      for each target: its chain, of (chains) values
//      for each template and chain: difference (4)
//    resolutions follow (1); if so, for each spatial layer: width - 1 (16), height - 1 (16)
#pragma once

#include <optional>

#include "rtc/codec/bits.h"
#include "rtc/codec/dependency_descriptor.h"

namespace sluice::codec {

inline constexpr size_t kMaxTemplates = 64;        // they are numbered modulo that
inline constexpr uint8_t kMaxDependencyLayer = 7;  // spatial and temporal; nothing has more than VP9's three bits each

inline constexpr size_t kShortDescriptor = 3;  // bytes: template and frame number; a longer one has five flags behind
inline constexpr size_t kFlagsEnd = 29;        // the bit behind these

// Nothing when it is cut short or beyond a bound.
std::optional<DependencyStructure> ReadDependencyStructure(BitReader& in);

}  // namespace sluice::codec
