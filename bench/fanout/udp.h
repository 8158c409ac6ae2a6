// A UDP socket of 127.0.0.1 on a port of the system's choice.
#pragma once

#include <cstdint>
#include <utility>

namespace sluice::bench {

class UdpSocket {
 public:
  // Ends the program with a message when the system has no socket for us.
  UdpSocket();
  UdpSocket(UdpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  int fd() const { return fd_; }
  uint16_t port() const;
  void Connect(uint16_t port);
  // Datagrams that came but found no room, since the beginning.
  uint32_t drops() const;

 private:
  int fd_;
};

}  // namespace sluice::bench
