// Says to which producer stream an RTP packet belongs. Rules, first match wins (after RFC 8843, section 9.2):
//   1. its SSRC is known: signalled, or bound by an earlier packet;
//   2. it carries a RID (or, for RTX, a repaired RID) that a producer signalled: of the producer with the packet's MID
//      when it has one too;
//   3. it carries a MID whose producer has a single encoding without SSRC and RID: bound by payload type to media or
//   RTX;
//   4. there is exactly one producer with such a single open encoding and no MID, and the payload type is one of its
//   own.
// Where the producer is known from elsewhere (direct transports), MIDs need not be there and other producers are not looked
// at. A match by 2-4 binds the SSRC. Bounds: an encoding binds one media and one RTX SSRC at a time; a new one replaces
// it (the sender restarted), so a peer that invents SSRCs grows nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "rtc/media/producer.h"
#include "rtc/rtp/header_extension.h"
#include "rtc/rtp/packet_view.h"

namespace sluice {

class RtpDemuxer {
 public:
  struct Target {
    Producer* producer = nullptr;
    uint8_t stream = 0;
    bool is_rtx = false;
  };

  // AlreadyExists when an SSRC, or a RID without MID, or the MID of the producer is taken; nothing is added then.
  absl::Status Add(Producer& producer);
  void Remove(Producer& producer);

  // `only`: of this producer, or of nobody.
  std::optional<Target> Find(const rtp::PacketView& packet, const Producer* only = nullptr);
  // For RTCP: known SSRCs only.
  std::optional<Target> FindSsrc(Ssrc ssrc) const;

  // Header extension ids that some producer of this transport signalled; 0 where none did.
  const rtp::ExtensionMap& extensions() const { return extensions_; }

  // For dumps: SSRC, MID or RID -> producer id, in the order of keys.
  std::vector<std::pair<uint32_t, std::string>> SsrcTable() const;
  std::vector<std::pair<std::string, std::string>> MidTable() const;
  std::vector<std::pair<std::string, std::string>> RidTable() const;

 private:
  std::optional<Target> FindByRid(const rtp::PacketView& packet, const Producer* only) const;
  std::optional<Target> FindOpenEncoding(const rtp::PacketView& packet, const Producer* only) const;
  void Bind(Ssrc ssrc, const Target& target);

  std::vector<Producer*> producers_;
  absl::flat_hash_map<Ssrc, Target> by_ssrc_;
  rtp::ExtensionMap extensions_;
};

}  // namespace sluice
