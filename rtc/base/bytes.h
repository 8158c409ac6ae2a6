// Reading and writing of network-order integers in byte spans. Neither ever touches a byte outside its span: a read or
// write beyond the end makes the object fail, sticky, and reads give zero; callers check ok() once at the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace sluice {

class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : rest_(bytes) {}

  uint8_t U8() { return static_cast<uint8_t>(Big(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Big(2)); }
  uint32_t U24() { return static_cast<uint32_t>(Big(3)); }
  uint32_t U32() { return static_cast<uint32_t>(Big(4)); }
  uint64_t U64() { return Big(8); }

  // The next `size` bytes, or an empty span when fewer are left.
  std::span<const uint8_t> Bytes(size_t size) {
    if (size > rest_.size()) return Fail(), std::span<const uint8_t>();
    auto out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  void Skip(size_t size) { Bytes(size); }

  bool ok() const { return ok_; }
  size_t left() const { return rest_.size(); }
  std::span<const uint8_t> rest() const { return rest_; }

 private:
  uint64_t Big(size_t size) {
    if (size > rest_.size()) return Fail(), 0;
    uint64_t v = 0;
    for (size_t i = 0; i < size; ++i) v = v << 8 | rest_[i];
    rest_ = rest_.subspan(size);
    return v;
  }
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

  std::span<const uint8_t> rest_;
  bool ok_ = true;
};

class ByteWriter {
 public:
  explicit ByteWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}

  void U8(uint8_t v) { Big(v, 1); }
  void U16(uint16_t v) { Big(v, 2); }
  void U24(uint32_t v) { Big(v, 3); }
  void U32(uint32_t v) { Big(v, 4); }
  void U64(uint64_t v) { Big(v, 8); }
  void Bytes(std::span<const uint8_t> from) {
    if (uint8_t* to = Take(from.size()); to && !from.empty()) std::memcpy(to, from.data(), from.size());
  }
  void Zeros(size_t size) {
    if (uint8_t* to = Take(size); to && size) std::memset(to, 0, size);
  }
  // Writes `v` over two bytes that were already written, for lengths known only afterwards.
  void PatchU16(size_t at, uint16_t v) {
    if (at + 2 > size_) return;
    bytes_[at] = static_cast<uint8_t>(v >> 8);
    bytes_[at + 1] = static_cast<uint8_t>(v);
  }

  bool ok() const { return ok_; }
  size_t size() const { return size_; }
  size_t left() const { return bytes_.size() - size_; }
  std::span<uint8_t> written() const { return bytes_.first(size_); }

 private:
  uint8_t* Take(size_t size) {
    if (!ok_ || size > left()) return ok_ = false, nullptr;
    uint8_t* at = bytes_.data() + size_;
    size_ += size;
    return at;
  }
  void Big(uint64_t v, size_t size) {
    uint8_t* to = Take(size);
    if (!to) return;
    for (size_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(v >> (8 * (size - 1 - i)));
  }

  std::span<uint8_t> bytes_;
  size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace sluice
