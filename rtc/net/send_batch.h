// The datagrams of one loop turn, written back to back into one arena, so that those that follow each other to one
// destination with one size can leave as a single segmented send (UDP GSO). Memory only: a BatchSink below worker/
// (or a virtual network in tests) turns it into system calls.
//
// Bounds: kMaxSlots datagrams of at most kMaxDatagram bytes; a full batch flushes itself into the sink and goes on
// empty. The arena is allocated once. Whoever ends a turn calls Flush().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "rtc/net/path.h"

namespace sluice {

class SendBatch;

class BatchSink {
 public:
  virtual ~BatchSink() = default;
  // Sends every entry of `batch`, in order. Does not clear it, keeps nothing of it.
  virtual void SendAll(const SendBatch& batch) = 0;
};

class SendBatch {
 public:
  static constexpr size_t kMaxSlots = 512;
  static constexpr size_t kMaxDatagram = 2048;

  struct Entry {
    Path path;
    uint32_t offset = 0;
    uint32_t size = 0;
  };

  explicit SendBatch(BatchSink& sink);
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  // Room for the next datagram: kMaxDatagram writable bytes right behind the last committed one. Valid until the next
  // call of any kind. Writing and then not committing is allowed and costs nothing.
  std::span<uint8_t> Next();
  // Makes the first `size` bytes of Next() a datagram for `path`. `size` is 1..kMaxDatagram.
  void Commit(const Path& path, size_t size);
  // Next, copy, Commit. A datagram larger than kMaxDatagram is dropped and counted in oversized().
  void Send(const Path& path, std::span<const uint8_t> datagram);
  void Flush();

  std::span<const Entry> entries() const { return entries_; }
  std::span<const uint8_t> bytes(const Entry& e) const { return {arena_.get() + e.offset, e.size}; }
  bool empty() const { return entries_.empty(); }
  uint64_t oversized() const { return oversized_; }

 private:
  BatchSink& sink_;
  std::unique_ptr<uint8_t[]> arena_;
  std::vector<Entry> entries_;
  size_t used_ = 0;
  uint64_t oversized_ = 0;
};

}  // namespace sluice
