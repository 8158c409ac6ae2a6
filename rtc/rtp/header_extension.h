// The header extensions that Sluice knows, their URIs, and the map between them and the ids of one session (RFC 8285).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::rtp {

enum class HeaderExtension : uint8_t {
  kMid,                   // RFC 9143
  kRid,                   // RFC 8852: RtpStreamId
  kRepairedRid,           // RFC 8852: RepairedRtpStreamId, on RTX streams
  kAbsSendTime,           // 24 bits, 6.18 s
  kTransportWideCc,       // draft-holmer-rmcat-transport-wide-cc-extensions-01
  kAudioLevel,            // RFC 6464
  kDependencyDescriptor,  // AV1 RTP payload format, appendix A
  kVideoOrientation,      // 3GPP TS 26.114
  kTransmissionOffset,    // RFC 5450
  kAbsCaptureTime,
  kPlayoutDelay,
  kMediasoupPacketId,
};
inline constexpr size_t kHeaderExtensionCount = 12;

std::string_view UriOf(HeaderExtension extension);
// nullopt for a URI that is not known. Compared exactly.
std::optional<HeaderExtension> HeaderExtensionOf(std::string_view uri);

// Which id carries which extension in one session. Flat arrays: a look-up is one load.
class ExtensionMap {
 public:
  // False, and nothing changed, when `id` is 0 or either side is taken already.
  bool Add(HeaderExtension extension, uint8_t id) {
    if (id == 0 || ids_[Index(extension)] != 0 || types_[id] != 0) return false;
    ids_[Index(extension)] = id;
    types_[id] = static_cast<uint8_t>(Index(extension) + 1);
    return true;
  }

  // 0 = not negotiated.
  uint8_t IdOf(HeaderExtension extension) const { return ids_[Index(extension)]; }
  bool Has(HeaderExtension extension) const { return IdOf(extension) != 0; }
  std::optional<HeaderExtension> TypeOf(uint8_t id) const {
    if (types_[id] == 0) return std::nullopt;
    return static_cast<HeaderExtension>(types_[id] - 1);
  }

  bool operator==(const ExtensionMap&) const = default;

 private:
  static constexpr size_t Index(HeaderExtension e) { return static_cast<size_t>(e); }

  std::array<uint8_t, kHeaderExtensionCount> ids_{};
  std::array<uint8_t, 256> types_{};  // 0 = none, else type + 1
};

}  // namespace sluice::rtp
