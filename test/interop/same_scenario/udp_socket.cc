#include <netinet/in.h>

#include "test/interop/same_scenario/steps.h"

namespace sluice::scenario {
namespace {

constexpr size_t kLargestDatagram = 65536;
constexpr int kReceiveBuffer = 1'000'000;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  uv_ip4_addr("127.0.0.1", port, &address);
  return address;
}

}  // namespace

UdpSocket::UdpSocket(uv_loop_t* loop) : buffer_(kLargestDatagram) {
  uv_udp_init(loop, &handle_);
  handle_.data = this;
  sockaddr_in address = Loopback(0);
  int size = sizeof(address);
  int buffer = kReceiveBuffer;
  if (uv_udp_bind(&handle_, reinterpret_cast<const sockaddr*>(&address), 0) != 0 ||
      uv_udp_getsockname(&handle_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    GiveUp("no UDP socket on loopback");
  }
  uv_recv_buffer_size(reinterpret_cast<uv_handle_t*>(&handle_), &buffer);
  port_ = ntohs(address.sin_port);
  const auto allocate = [](uv_handle_t* handle, size_t, uv_buf_t* to) {
    auto& space = static_cast<UdpSocket*>(handle->data)->buffer_;
    *to = uv_buf_init(reinterpret_cast<char*>(space.data()), static_cast<unsigned>(space.size()));
  };
  const auto receive = [](uv_udp_t* handle, ssize_t length, const uv_buf_t* from, const sockaddr* sender, unsigned) {
    if (length <= 0 || sender == nullptr) return;
    const auto* bytes = reinterpret_cast<const uint8_t*>(from->base);
    static_cast<UdpSocket*>(handle->data)->received_.emplace_back(bytes, bytes + length);
  };
  uv_udp_recv_start(&handle_, allocate, receive);
}

void UdpSocket::Send(const Packet& packet, uint16_t port) {
  const sockaddr_in to = Loopback(port);
  Packet copy = packet;
  const uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(copy.data()), static_cast<unsigned>(copy.size()));
  const int sent = uv_udp_try_send(&handle_, &buffer, 1, reinterpret_cast<const sockaddr*>(&to));
  if (sent != static_cast<int>(packet.size())) GiveUp("a packet could not be sent");
}

void UdpSocket::Close() { uv_close(reinterpret_cast<uv_handle_t*>(&handle_), nullptr); }

}  // namespace sluice::scenario
