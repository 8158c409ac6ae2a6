// A client of the server's port on a test's own loop: raw TCP, requests of HTTP, and WebSocket frames made by hand,
// wrong ones included.
#pragma once

#include <gtest/gtest.h>
#include <uv.h>

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "test/controller/loop.h"

namespace sluice::conference {

class WebClient {
 public:
  enum Opcode : uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

  WebClient(controller::Loop& loop, uint16_t port) : loop_(loop), port_(port), handles_(new Handles) {
    uv_tcp_init(loop.get(), &handles_->socket);
    handles_->socket.data = this;
    sockaddr_in address{};
    uv_ip4_addr("127.0.0.1", port, &address);
    handles_->connect.data = this;
    uv_tcp_connect(&handles_->connect, &handles_->socket, reinterpret_cast<sockaddr*>(&address), OnConnected);
    EXPECT_TRUE(loop.RunUntil([this] { return connected_ || closed_; }));
  }
  ~WebClient() { Disconnect(); }
  WebClient(const WebClient&) = delete;
  WebClient& operator=(const WebClient&) = delete;

  void Write(std::string bytes) {
    auto* request = new WriteRequest{{}, std::move(bytes)};
    uv_buf_t buffer = uv_buf_init(request->bytes.data(), static_cast<unsigned>(request->bytes.size()));
    uv_write(&request->write, Stream(), &buffer, 1,
             [](uv_write_t* write, int) { delete reinterpret_cast<WriteRequest*>(write); });
  }

  // A whole response's bytes; the connection is not kept.
  std::string Request(const std::string& method, const std::string& path, const std::string& headers = "") {
    Write(method + " " + path + " HTTP/1.1\r\nHost: " + Host() + "\r\nConnection: close\r\n" + headers + "\r\n");
    EXPECT_TRUE(loop_.RunUntil([this] { return closed_; }));
    return received_;
  }

  // Asks for a WebSocket; the status line's number.
  int Upgrade(const std::string& path = "/ws", const std::string& headers = "") {
    Write("GET " + path + " HTTP/1.1\r\nHost: " + Host() +
          "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
          headers + "\r\n");
    const auto has_headers = [this] { return received_.find("\r\n\r\n") != std::string::npos; };
    EXPECT_TRUE(loop_.RunUntil([&] { return closed_ || has_headers(); }));
    if (received_.size() < 12) return 0;
    const int status = std::stoi(received_.substr(9, 3));
    if (status == 101) {
      upgraded_ = true;
      received_.erase(0, received_.find("\r\n\r\n") + 4);
      ReadFrames();
    }
    return status;
  }

  void SendFrame(uint8_t opcode, bool final, std::string_view payload) {
    std::string frame(1, static_cast<char>(opcode | (final ? 0x80 : 0)));
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80 | payload.size());
    } else {
      const int bytes = payload.size() < 65536 ? 2 : 8;
      frame += static_cast<char>(bytes == 2 ? 0x80 | 126 : 0x80 | 127);
      for (int i = bytes - 1; i >= 0; --i) frame += static_cast<char>(payload.size() >> (8 * i));
    }
    frame.append(4, '\0');  // a mask of zeros leaves the payload as it is
    Write(frame.append(payload));
  }
  void Send(const nlohmann::json& message) { SendFrame(kText, true, message.dump()); }

  // Sends a request and returns its answer; what else comes meanwhile stays in line.
  nlohmann::json Ask(const std::string& method, const nlohmann::json& data = nlohmann::json::object()) {
    const uint32_t id = next_id_++;
    Send({{"id", id}, {"method", method}, {"data", data}});
    return Await([id](const nlohmann::json& message) { return message.contains("id") && message["id"] == id; });
  }
  nlohmann::json AwaitEvent(const std::string& name) {
    return Await([&](const nlohmann::json& message) { return message.value("event", "") == name; })["data"];
  }
  // The first message in line that is wanted; null if the connection or the time ends before.
  template <class Wanted>
  nlohmann::json Await(Wanted wanted) {
    nlohmann::json found;
    const auto take = [&] {
      if (!found.is_null()) return true;
      for (auto it = messages_.begin(); it != messages_.end(); ++it) {
        if (!wanted(*it)) continue;
        found = std::move(*it);
        messages_.erase(it);
        return true;
      }
      return closed_;
    };
    EXPECT_TRUE(loop_.RunUntil(take));
    return found;
  }
  bool Has(const std::string& event) const {
    for (const auto& message : messages_) {
      if (message.value("event", "") == event) return true;
    }
    return false;
  }

  // The code with which the server closed the WebSocket; 0: it only closed the socket.
  int AwaitClose() {
    EXPECT_TRUE(loop_.RunUntil([this] { return closed_; }));
    return close_code_;
  }
  void Disconnect() {
    if (handles_ == nullptr) return;
    handles_->socket.data = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&handles_->socket),
             [](uv_handle_t* handle) { delete reinterpret_cast<Handles*>(handle); });
    handles_ = nullptr;
    closed_ = true;
  }
  void StopReading() { uv_read_stop(Stream()); }

  bool closed() const { return closed_; }
  int pings() const { return pings_; }
  void set_answers_pings(bool answers) { answers_pings_ = answers; }

 private:
  struct Handles {
    uv_tcp_t socket;  // first: handle and object have one address
    uv_connect_t connect;
    char buffer[65536];
  };
  struct WriteRequest {
    uv_write_t write;
    std::string bytes;
  };

  std::string Host() const { return "127.0.0.1:" + std::to_string(port_); }
  uv_stream_t* Stream() { return reinterpret_cast<uv_stream_t*>(&handles_->socket); }

  static void OnConnected(uv_connect_t* connect, int status) {
    auto* client = static_cast<WebClient*>(connect->handle->data);
    if (client == nullptr) return;
    client->connected_ = status == 0;
    client->closed_ = status != 0;
    if (status != 0) return;
    uv_read_start(
        connect->handle,
        [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
          auto* handles = reinterpret_cast<Handles*>(handle);
          *buffer = uv_buf_init(handles->buffer, sizeof(handles->buffer));
        },
        [](uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
          if (auto* self = static_cast<WebClient*>(stream->data)) self->OnRead(size, buffer->base);
        });
  }

  void OnRead(ssize_t size, const char* bytes) {
    if (size < 0) {
      closed_ = true;
      uv_read_stop(Stream());
      return;
    }
    received_.append(bytes, static_cast<size_t>(size));
    if (upgraded_) ReadFrames();
  }

  void ReadFrames() {
    while (received_.size() >= 2) {
      const auto byte = [this](size_t at) { return static_cast<uint8_t>(received_[at]); };
      size_t size = byte(1) & 0x7f;
      const size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
      if (received_.size() < 2 + extra) return;
      if (extra > 0) size = 0;
      for (size_t i = 0; i < extra; ++i) size = size << 8 | byte(2 + i);
      if (received_.size() < 2 + extra + size) return;
      OnFrame(byte(0) & 0x0f, received_.substr(2 + extra, size));
      received_.erase(0, 2 + extra + size);
    }
  }

  void OnFrame(uint8_t opcode, const std::string& payload) {
    if (opcode == kText) messages_.push_back(nlohmann::json::parse(payload));
    if (opcode == kPing && ++pings_ > 0 && answers_pings_) SendFrame(kPong, true, payload);
    if (opcode == kClose && payload.size() >= 2) {
      close_code_ = static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]);
      SendFrame(kClose, true, payload.substr(0, 2));
    }
  }

  controller::Loop& loop_;
  uint16_t port_;
  Handles* handles_;  // until libuv has closed them
  bool connected_ = false;
  bool closed_ = false;
  bool upgraded_ = false;
  bool answers_pings_ = true;
  int close_code_ = 0;
  int pings_ = 0;
  uint32_t next_id_ = 1;
  std::string received_;
  std::deque<nlohmann::json> messages_;
};

}  // namespace sluice::conference
