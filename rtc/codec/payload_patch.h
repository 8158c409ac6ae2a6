// A few bytes of a payload to be overwritten in the outgoing copy: how descriptor numbers (VP8 picture id and the like)
// are made continuous. Never changes the payload's size; small and plain, so that a retransmission plan can keep it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::codec {

struct PayloadPatch {
  static constexpr size_t kMaxBytes = 4;

  struct Byte {
    uint8_t offset = 0;
    uint8_t value = 0;
    bool operator==(const Byte&) const = default;
  };

  std::array<Byte, kMaxBytes> bytes;
  uint8_t count = 0;

  // More than kMaxBytes are ignored; no rewriter makes them.
  void Set(uint8_t offset, uint8_t value) {
    if (count < kMaxBytes) bytes[count++] = {offset, value};
  }
  // `payload` is the outgoing copy of the payload the patch was made for. Offsets beyond it are ignored.
  void ApplyTo(std::span<uint8_t> payload) const {
    for (size_t i = 0; i < count; ++i) {
      if (bytes[i].offset < payload.size()) payload[bytes[i].offset] = bytes[i].value;
    }
  }
  bool operator==(const PayloadPatch&) const = default;
};

}  // namespace sluice::codec
