#include "bench/floor/segment_sender.h"

#include <netinet/udp.h>

#include <cstring>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace sluice::bench {

std::span<uint8_t> SegmentSender::Next() {
  if (used_ + kRoom > bytes_.size()) Flush();
  return std::span(bytes_).subspan(used_, kRoom);
}

void SegmentSender::Commit(size_t size, const sockaddr_in& to) {
  Run* run = run_count_ > 0 ? &runs_[run_count_ - 1] : nullptr;
  const bool joins = run && run->open && run->to == &to && size <= run->segment && run->count < kMostSegments;
  if (!joins) {
    run = &runs_[run_count_++];
    *run = {.to = &to, .segment = size};
  }
  run->bytes += size;
  ++run->count;
  run->open = size == run->segment;
  used_ += size;
  // The packet that comes next may begin a run.
  if (run_count_ == kMessages && !run->open) Flush();
}

void SegmentSender::Fill(size_t i, uint8_t* at) {
  const Run& run = runs_[i];
  parts_[i] = {.iov_base = at, .iov_len = run.bytes};
  msghdr& header = headers_[i].msg_hdr;
  header = {.msg_name = const_cast<sockaddr_in*>(run.to),
            .msg_namelen = sizeof(*run.to),
            .msg_iov = &parts_[i],
            .msg_iovlen = 1,
            .msg_control = nullptr,
            .msg_controllen = 0,
            .msg_flags = 0};
  if (run.count == 1) return;
  header.msg_control = controls_[i].bytes;
  header.msg_controllen = sizeof(controls_[i].bytes);
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  const auto segment = static_cast<uint16_t>(run.segment);
  std::memcpy(CMSG_DATA(control), &segment, sizeof(segment));
}

// What the kernel has no room for is lost, and shows in what was delivered.
void SegmentSender::Flush() {
  uint8_t* at = bytes_.data();
  for (size_t i = 0; i < run_count_; ++i) {
    Fill(i, at);
    at += runs_[i].bytes;
  }
  for (size_t sent = 0; sent < run_count_;) {
    const int now = sendmmsg(fd_, &headers_[sent], static_cast<unsigned>(run_count_ - sent), 0);
    sent += now > 0 ? static_cast<size_t>(now) : 1;
  }
  used_ = run_count_ = 0;
}

}  // namespace sluice::bench
