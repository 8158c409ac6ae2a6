#include "rtc/net/send_batch.h"

#include <cstring>

#include "rtc/base/check.h"

namespace sluice {

SendBatch::SendBatch(BatchSink& sink)
    : sink_(sink), arena_(std::make_unique_for_overwrite<uint8_t[]>(kMaxSlots * kMaxDatagram)) {
  entries_.reserve(kMaxSlots);
}

std::span<uint8_t> SendBatch::Next() {
  if (entries_.size() == kMaxSlots) Flush();
  return {arena_.get() + used_, kMaxDatagram};
}

void SendBatch::Commit(const Path& path, size_t size) {
  SLUICE_CHECK(entries_.size() < kMaxSlots && size > 0 && size <= kMaxDatagram);
  entries_.push_back({.path = path, .offset = static_cast<uint32_t>(used_), .size = static_cast<uint32_t>(size)});
  used_ += size;
}

void SendBatch::Send(const Path& path, std::span<const uint8_t> datagram) {
  if (datagram.empty()) return;
  if (datagram.size() > kMaxDatagram) {
    ++oversized_;
    return;
  }
  std::memcpy(Next().data(), datagram.data(), datagram.size());
  Commit(path, datagram.size());
}

void SendBatch::Flush() {
  if (!entries_.empty()) sink_.SendAll(*this);
  entries_.clear();
  used_ = 0;
}

}  // namespace sluice
