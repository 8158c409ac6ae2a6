#include "worker/tcp_listener.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "worker/clock.h"
#include "worker/socket_options.h"

namespace sluice {
namespace {

constexpr size_t kLengthSize = 2;

struct Write {
  uv_write_t request;
  std::vector<uint8_t> bytes;
};

}  // namespace

// Freed by libuv's close callback; `listener` is null from then on that it was closed.
struct TcpListener::Connection {
  uv_tcp_t handle;
  TcpListener* listener = nullptr;
  Path path;
  Timestamp since;
  bool kept = false;
  size_t waiting = 0;  // bytes
  std::vector<uint8_t> buffer;
  size_t used = 0;

  void Close() {
    listener = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&handle), [](uv_handle_t* h) { delete static_cast<Connection*>(h->data); });
  }
};

TcpListener::TcpListener(uv_loop_t* loop, int fd, Callbacks callbacks)
    : server_(new uv_tcp_t), callbacks_(std::move(callbacks)), local_(LocalAddressOf(fd)) {
  uv_tcp_init(loop, server_);
  uv_tcp_open(server_, fd);
  server_->data = this;
  uv_listen(reinterpret_cast<uv_stream_t*>(server_), 256, [](uv_stream_t* server, int status) {
    if (status == 0) static_cast<TcpListener*>(server->data)->Accept();
  });
}

TcpListener::~TcpListener() {
  for (auto& [id, connection] : connections_) connection->Close();
  uv_close(reinterpret_cast<uv_handle_t*>(server_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_tcp_t*>(handle); });
}

void TcpListener::Accept() {
  auto* connection = new Connection;
  connection->handle.data = connection;
  connection->listener = this;
  uv_tcp_init(server_->loop, &connection->handle);
  sockaddr_storage remote{};
  int size = sizeof(remote);
  const bool good =
      uv_accept(reinterpret_cast<uv_stream_t*>(server_), reinterpret_cast<uv_stream_t*>(&connection->handle)) == 0 &&
      uv_tcp_getpeername(&connection->handle, reinterpret_cast<sockaddr*>(&remote), &size) == 0;
  if (!good || connections_.size() >= kMaxConnections) return connection->Close();

  uv_tcp_nodelay(&connection->handle, 1);
  connection->path = {.socket = callbacks_.new_id(),
                      .protocol = Protocol::kTcp,
                      .local = local_,
                      .remote = FromSockaddr(remote).Unmapped()};
  connection->since = MonotonicNow();
  connection->buffer.resize(4 * (kLengthSize + kMaxDatagram));
  connections_[connection->path.socket] = connection;
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&connection->handle),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto* c = static_cast<Connection*>(handle->data);
        *buffer = uv_buf_init(reinterpret_cast<char*>(c->buffer.data() + c->used),
                              static_cast<unsigned>(c->buffer.size() - c->used));
      },
      [](uv_stream_t* stream, ssize_t n, const uv_buf_t*) {
        auto* c = static_cast<Connection*>(stream->data);
        if (c->listener && n != 0) c->listener->OnRead(*c, n);
      });
}

void TcpListener::OnRead(Connection& connection, ssize_t size) {
  if (size < 0) return Gone(connection);
  connection.used += static_cast<size_t>(size);
  if (!CutFrames(connection)) Gone(connection);
}

// False when the stream makes no sense.
bool TcpListener::CutFrames(Connection& connection) {
  size_t at = 0;
  while (connection.used - at >= kLengthSize) {
    const size_t length = static_cast<size_t>(connection.buffer[at]) << 8 | connection.buffer[at + 1];
    if (length > kMaxDatagram) return false;
    if (connection.used - at < kLengthSize + length) break;
    at += kLengthSize + length;
    if (length == 0) continue;
    callbacks_.on_datagram(connection.path, {connection.buffer.data() + at - length, length});
    if (!connection.listener) return true;  // closed meanwhile
  }
  connection.used -= at;
  std::memmove(connection.buffer.data(), connection.buffer.data() + at, connection.used);
  return true;
}

void TcpListener::Gone(Connection& connection) {
  const Path path = connection.path;
  Close(path.socket);
  callbacks_.on_closed(path);
}

void TcpListener::Send(SocketId id, std::span<const uint8_t> bytes) {
  const auto it = connections_.find(id);
  if (it == connections_.end()) return;
  Connection& connection = *it->second;
  if (bytes.size() > 0xFFFF || connection.waiting + bytes.size() > kMaxWaitingBytes) {
    ++dropped_;
    return;
  }
  uint8_t length[kLengthSize] = {static_cast<uint8_t>(bytes.size() >> 8), static_cast<uint8_t>(bytes.size())};
  auto* stream = reinterpret_cast<uv_stream_t*>(&connection.handle);
  uv_buf_t buffers[2] = {
      uv_buf_init(reinterpret_cast<char*>(length), kLengthSize),
      uv_buf_init(const_cast<char*>(reinterpret_cast<const char*>(bytes.data())), static_cast<unsigned>(bytes.size()))};
  const int tried = connection.waiting == 0 ? uv_try_write(stream, buffers, 2) : 0;
  const size_t sent = tried > 0 ? static_cast<size_t>(tried) : 0;
  if (sent == kLengthSize + bytes.size()) return;

  auto write = std::make_unique<Write>();
  if (sent < kLengthSize) write->bytes.assign(length + sent, length + kLengthSize);
  const auto rest = bytes.subspan(sent > kLengthSize ? sent - kLengthSize : 0);
  write->bytes.insert(write->bytes.end(), rest.begin(), rest.end());
  write->request.data = &connection;
  uv_buf_t buffer =
      uv_buf_init(reinterpret_cast<char*>(write->bytes.data()), static_cast<unsigned>(write->bytes.size()));
  const int error = uv_write(&write->request, stream, &buffer, 1, [](uv_write_t* request, int) {
    std::unique_ptr<Write> done(reinterpret_cast<Write*>(request));
    static_cast<Connection*>(request->data)->waiting -= done->bytes.size();
  });
  if (error != 0) return;  // the connection is going down, which reading tells
  connection.waiting += write->bytes.size();
  static_cast<void>(write.release());
}

void TcpListener::Keep(SocketId id) {
  if (const auto it = connections_.find(id); it != connections_.end()) it->second->kept = true;
}

void TcpListener::Close(SocketId id) {
  const auto it = connections_.find(id);
  if (it == connections_.end()) return;
  it->second->Close();
  connections_.erase(it);
}

void TcpListener::Sweep(Timestamp now) {
  std::vector<SocketId> idle;
  for (const auto& [id, connection] : connections_) {
    if (!connection->kept && now - connection->since > kMaxIdle) idle.push_back(id);
  }
  for (SocketId id : idle) Close(id);
}

}  // namespace sluice
