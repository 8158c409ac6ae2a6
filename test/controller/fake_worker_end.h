// A connection and, at the other end of its pipes, a worker that answers as the test says. In one process, on one loop.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "channel/channel.h"
#include "controller/connection.h"
#include "test/controller/loop.h"

namespace sluice::controller {

class FakeWorkerEnd {
 public:
  explicit FakeWorkerEnd(Loop& loop, std::chrono::milliseconds timeout = std::chrono::seconds(60))
      : loop_(loop),
        channel_(std::make_unique<Channel>(
            loop.get(), true,
            Channel::Callbacks{.on_message = [this](const fbs::message::Message& m, bool) { OnMessage(m); },
                               .on_unreadable = [](std::string_view) { ADD_FAILURE() << "an unreadable frame"; },
                               .on_end = [this](std::string_view) { ended_ = true; }})),
        connection_(std::make_shared<Connection>(
            loop.get(), timeout,
            Connection::Callbacks{.on_log = [this](std::string_view line) { logs_.emplace_back(line); },
                                  .on_end = [this](std::string_view) { pipe_ended_ = true; }})) {
    int to_worker[2];
    int from_worker[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to_worker), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, from_worker), 0);
    EXPECT_TRUE(connection_->channel().Open(from_worker[0], to_worker[1]));
    EXPECT_TRUE(channel_->Open(to_worker[0], from_worker[1]));
    worker_fd_ = from_worker[1];
    connection_->channel().Start();
    channel_->Start();
  }
  ~FakeWorkerEnd() {
    connection_->Close(absl::CancelledError("the test is over"));
    loop_.Settle();
  }

  const std::shared_ptr<Connection>& connection() { return connection_; }
  const std::vector<std::string>& logs() const { return logs_; }
  bool pipe_ended() const { return pipe_ended_; }  // seen by the connection
  bool ended() const { return ended_; }            // seen by the worker
  int worker_fd() const { return worker_fd_; }

  // Waits for the next request that was not yet taken.
  fbs::request::RequestT Next() {
    EXPECT_TRUE(loop_.RunUntil([&] { return !requests_.empty(); })) << "no request came";
    if (requests_.empty()) return {};
    fbs::request::RequestT request = std::move(requests_.front());
    requests_.erase(requests_.begin());
    return request;
  }
  // Waits for the next notification that was not yet taken.
  fbs::notification::NotificationT NextNotification() {
    EXPECT_TRUE(loop_.RunUntil([&] { return !notifications_.empty(); })) << "no notification came";
    if (notifications_.empty()) return {};
    fbs::notification::NotificationT notification = std::move(notifications_.front());
    notifications_.erase(notifications_.begin());
    return notification;
  }
  size_t waiting() {
    loop_.Settle();
    return requests_.size();
  }

  void Accept(uint32_t id) { Send(Response(id)); }
  template <class Table>
  void Accept(uint32_t id, Table body) {
    fbs::response::ResponseT response = Response(id);
    response.body.Set(std::move(body));
    Send(std::move(response));
  }
  void Reject(uint32_t id, std::string error, std::string reason) {
    fbs::response::ResponseT response = Response(id);
    response.accepted = false;
    response.error = std::move(error);
    response.reason = std::move(reason);
    Send(std::move(response));
  }
  void Notify(const std::string& handler_id, fbs::notification::Event event) {
    Send(Notification(handler_id, event));
    loop_.Settle();
  }
  template <class Table>
  void Notify(const std::string& handler_id, fbs::notification::Event event, Table body) {
    fbs::notification::NotificationT notification = Notification(handler_id, event);
    notification.body.Set(std::move(body));
    Send(std::move(notification));
    loop_.Settle();
  }
  template <class Table>
  void Send(Table table) {
    fbs::message::MessageT message;
    message.data.Set(std::move(table));
    channel_->Send(builder_, fbs::message::Message::Pack(builder_, &message));
    loop_.Settle();
  }
  // As when the process dies.
  void Vanish() {
    channel_.reset();
    loop_.Settle();
  }

 private:
  static fbs::response::ResponseT Response(uint32_t id) {
    fbs::response::ResponseT response;
    response.id = id;
    response.accepted = true;
    return response;
  }
  static fbs::notification::NotificationT Notification(const std::string& handler_id, fbs::notification::Event event) {
    fbs::notification::NotificationT notification;
    notification.handler_id = handler_id;
    notification.event = event;
    return notification;
  }
  void OnMessage(const fbs::message::Message& message) {
    if (const auto* request = message.data_as_Request()) {
      requests_.emplace_back();
      request->UnPackTo(&requests_.back());
    } else if (const auto* notification = message.data_as_Notification()) {
      notifications_.emplace_back();
      notification->UnPackTo(&notifications_.back());
    }
  }

  Loop& loop_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<fbs::request::RequestT> requests_;
  std::vector<fbs::notification::NotificationT> notifications_;
  std::vector<std::string> logs_;
  bool ended_ = false;
  bool pipe_ended_ = false;
  int worker_fd_ = -1;
  std::unique_ptr<Channel> channel_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace sluice::controller
