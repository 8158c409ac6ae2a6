// A TUN device: IP packets that the kernel would send through it are read, and what is written has arrived from it. It is
// gone with this object; to give it an address and to set it up is somebody else's.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace sluice::line {

class Tun {
 public:
  // In this process's network namespace, or in that of process `there`, as the caller has the right to. Throws
  // std::system_error.
  explicit Tun(const std::string& name, std::optional<pid_t> there = {});
  ~Tun();
  Tun(const Tun&) = delete;
  Tun& operator=(const Tun&) = delete;

  int fd() const { return fd_; }
  // Does not wait: the packet's size, or nullopt when there is none.
  std::optional<size_t> Read(std::span<uint8_t> buffer);
  // What the kernel does not take is lost, as on any line.
  void Write(std::span<const uint8_t> packet);

 private:
  int fd_ = -1;
};

}  // namespace sluice::line
