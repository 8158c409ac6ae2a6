// A worker's channel for tests: what is sent on it is heard at its other end, in the order of sending.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <utility>

#include "channel/channel.h"
#include "test/controller/loop.h"

namespace sluice {

class HeardChannel {
 public:
  using Hear = std::function<void(const fbs::message::Message& message)>;

  explicit HeardChannel(Hear hear) : hear_(std::move(hear)) {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    EXPECT_TRUE(near_.Open(pair[0], dup(pair[0])));
    EXPECT_TRUE(far_.Open(pair[1], dup(pair[1])));
    far_.Start();
  }
  ~HeardChannel() {
    near_.Close();
    far_.Close();
  }
  HeardChannel(const HeardChannel&) = delete;
  HeardChannel& operator=(const HeardChannel&) = delete;

  Channel& channel() { return near_; }
  // All that was sent is heard.
  void Settle() { loop_.Settle(); }

 private:
  Hear hear_;
  controller::Loop loop_;
  Channel near_{loop_.get(), false, {.on_message = [](const auto&, bool) {}, .on_end = [](auto) {}}};
  Channel far_{loop_.get(), false, {.on_message = [this](const auto& m, bool) { hear_(m); }, .on_end = [](auto) {}}};
};

}  // namespace sluice
