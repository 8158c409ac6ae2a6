// Writes one RTP packet into the caller's bytes, front to back: header (constructor), Extensions at most once, then
// payload, then padding. Whatever does not fit makes the whole packet fail: Finish() gives 0. Allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/bytes.h"
#include "rtc/base/ids.h"
#include "rtc/rtp/extension_block.h"

namespace sluice::rtp {

struct HeaderFields {
  bool marker = false;
  PayloadType payload_type;
  SeqNum seq;
  uint32_t timestamp = 0;
  Ssrc ssrc;
};

class PacketWriter {
 public:
  PacketWriter(std::span<uint8_t> out, const HeaderFields& fields, std::span<const Ssrc> csrcs = {});  // at most 15

  // The extension block, padded to four bytes: in the one-byte form when every id is 1-14 and every value 1-16 bytes,
  // else in the two-byte form. No elements: no block. Id 0 or a value over 255 bytes fails the packet.
  void Extensions(std::span<const ExtensionElement> elements);
  // Where the value of `id` was written, to fill in later; empty when it is not there.
  std::span<uint8_t> ExtensionValue(uint8_t id);

  void Payload(std::span<const uint8_t> bytes);
  void PayloadU16(uint16_t v) { writer_.U16(v); }
  // `size` bytes 0..255 of padding, the last of them the count. Nothing when 0.
  void Padding(uint8_t size);

  // The size of the packet, or 0 when something did not fit.
  size_t Finish() const { return ok_ && writer_.ok() ? writer_.size() : 0; }

 private:
  std::span<uint8_t> out_;
  ByteWriter writer_;
  size_t extension_at_ = 0;  // profile's place; 0 = no block
  size_t extension_size_ = 0;
  bool ok_ = true;
};

// Size that Extensions(elements) adds to a packet.
size_t ExtensionBlockSize(std::span<const ExtensionElement> elements);

}  // namespace sluice::rtp
