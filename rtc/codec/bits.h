// Reading and writing of bit fields in byte spans, the highest bit of a byte first. Neither ever touches a byte outside
// its span: a read or write beyond the end makes the object fail, sticky, and reads give zero; callers check ok() once
// at the end. For the bitstreams whose fields ignore the borders of bytes; for all others there is ByteReader.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::codec {

class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  // The next `count` bits, 0..64, as a number.
  uint64_t Bits(size_t count) {
    if (count > left()) return Fail(), 0;
    uint64_t value = 0;
    while (count > 0) {
      const size_t in_byte = 8 - at_ % 8;
      const size_t take = std::min(in_byte, count);
      const uint64_t part = bytes_[at_ / 8] >> (in_byte - take) & ((1u << take) - 1);
      value = value << take | part;
      at_ += take;
      count -= take;
    }
    return value;
  }
  bool Flag() { return Bits(1) != 0; }
  // ns(n) of the AV1 specifications: one of `n` values, 0..n-1, the lower ones of which take a bit less.
  uint64_t NonSymmetric(uint64_t n) {
    size_t width = 0;
    while (n >> width != 0) ++width;
    if (width == 0) return Fail(), 0;
    const uint64_t short_codes = (uint64_t{1} << width) - n;
    const uint64_t value = Bits(width - 1);
    return value < short_codes ? value : (value << 1) - short_codes + Bits(1);
  }

  bool ok() const { return ok_; }
  size_t at() const { return at_; }  // bits read so far
  size_t left() const { return bytes_.size() * 8 - at_; }

 private:
  void Fail() {
    ok_ = false;
    at_ = bytes_.size() * 8;
  }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

class BitWriter {
 public:
  explicit BitWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}

  // The lowest `count` bits of `value`, 0..64.
  void Bits(uint64_t value, size_t count) {
    if (!ok_ || count > bytes_.size() * 8 - at_) {
      ok_ = false;
      return;
    }
    while (count > 0) {
      if (at_ % 8 == 0) bytes_[at_ / 8] = 0;
      const size_t in_byte = 8 - at_ % 8;
      const size_t take = std::min(in_byte, count);
      const uint64_t part = value >> (count - take) & ((1u << take) - 1);
      bytes_[at_ / 8] = static_cast<uint8_t>(bytes_[at_ / 8] | part << (in_byte - take));
      at_ += take;
      count -= take;
    }
  }
  // Everything up to bit `end` of what `from` reads.
  void Copy(BitReader& from, size_t end) {
    while (from.ok() && from.at() < end) {
      const size_t take = std::min<size_t>(end - from.at(), 64);
      Bits(from.Bits(take), take);
    }
    ok_ = ok_ && from.ok();
  }

  bool ok() const { return ok_; }
  size_t size() const { return (at_ + 7) / 8; }  // bytes; the bits of the last that were not written are 0

 private:
  std::span<uint8_t> bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace sluice::codec
