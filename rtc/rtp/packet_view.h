// A received RTP packet (RFC 3550 section 5.1), checked once and read in place.
//
//    0                   1                   2                   3
//   |V=2|P|X| CC(4) |M|  PT (7)     |     sequence number (16)      |
//   |                     timestamp (32)                            |
//   |                     SSRC (32)                                 |
//   |                     CSRC (32), CC times                       |
//   |     profile (16)              |   length in words (16)        |  if X, then the extension elements
//   |     payload ...                      | padding, count last    |  padding if P
//
// Parse refuses a wrong version, a header or an extension block that reaches beyond the packet, and padding that is
// zero or longer than what follows the header. Extension elements are walked only when asked for.
// Lifetime: a view; the packet must outlive it. Allocates nothing. Never changes a byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/rtp/extension_block.h"

namespace sluice::rtp {

inline constexpr size_t kMinHeaderSize = 12;

class PacketView {
 public:
  static std::optional<PacketView> Parse(std::span<const uint8_t> packet);

  bool marker() const { return marker_; }
  PayloadType payload_type() const { return payload_type_; }
  SeqNum seq() const { return seq_; }
  uint32_t timestamp() const { return timestamp_; }
  Ssrc ssrc() const { return ssrc_; }

  size_t csrc_count() const { return packet_[0] & 0x0F; }
  Ssrc csrc(size_t index) const;  // index < csrc_count()

  bool has_extensions() const { return extension_size_ != 0; }
  // The value of the element `id`; nullopt when it is not there. A value may be empty (two-byte form only).
  std::optional<std::span<const uint8_t>> Extension(uint8_t id) const;
  ExtensionWalk Extensions() const;

  std::span<const uint8_t> packet() const { return packet_; }
  std::span<const uint8_t> header() const { return packet_.first(header_size_); }
  // Without padding; may be empty.
  std::span<const uint8_t> payload() const {
    return packet_.subspan(header_size_, packet_.size() - header_size_ - padding_size_);
  }
  size_t header_size() const { return header_size_; }  // fixed header, CSRCs, extension block
  size_t padding_size() const { return padding_size_; }
  size_t size() const { return packet_.size(); }

 private:
  PacketView() = default;

  std::span<const uint8_t> packet_;
  uint32_t timestamp_ = 0;
  Ssrc ssrc_;
  SeqNum seq_;
  uint16_t profile_ = 0;
  uint16_t extension_at_ = 0;    // first byte behind profile and length
  uint32_t extension_size_ = 0;  // bytes
  uint32_t header_size_ = 0;
  uint8_t padding_size_ = 0;
  PayloadType payload_type_;
  bool marker_ = false;
};

}  // namespace sluice::rtp
