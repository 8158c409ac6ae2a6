// Collects packets back to back and sends them, those of equal size to one place as one segmented message, many messages in a
// system call.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::bench {

class SegmentSender {
 public:
  static constexpr size_t kMessages = 64;
  static constexpr size_t kMostSegments = 32;
  static constexpr size_t kRoom = 2048;  // for one packet

  explicit SegmentSender(int fd) : fd_(fd) {}

  // Where the next packet is to be written; kRoom bytes.
  std::span<uint8_t> Next();
  // It has so many bytes, and goes there.
  void Commit(size_t size, const sockaddr_in& to);
  void Flush();

 private:
  struct Run {
    const sockaddr_in* to = nullptr;
    size_t segment = 0;  // of all but, maybe, the last
    size_t bytes = 0;
    size_t count = 0;
    bool open = false;  // the last was of full size
  };

  void Fill(size_t i, uint8_t* at);

  const int fd_;
  std::array<uint8_t, 512 * 1024> bytes_;
  size_t used_ = 0;
  std::array<Run, kMessages> runs_;
  size_t run_count_ = 0;
  std::array<mmsghdr, kMessages> headers_{};
  std::array<iovec, kMessages> parts_{};
  struct alignas(cmsghdr) Control {
    char bytes[CMSG_SPACE(sizeof(uint16_t))];
  };
  std::array<Control, kMessages> controls_{};
};

}  // namespace sluice::bench
