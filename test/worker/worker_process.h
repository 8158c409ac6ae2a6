// A real sluice-worker with the far ends of its pipes, for tests: sends requests, waits for what it says.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "channel/frame_assembler.h"
#include "channel/verify.h"

namespace sluice {

namespace fbs_message = fbs::message;

class WorkerProcess {
 public:
  using Frame = std::vector<uint64_t>;  // 8-aligned

  explicit WorkerProcess(std::vector<std::string> arguments = {},
                         std::vector<std::string> environment = {"MEDIASOUP_VERSION=3.27.1"}) {
    signal(SIGPIPE, SIG_IGN);
    int in[2], out[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out), 0);
    in_ = in[0];
    out_ = out[0];
    // Above 4, so that putting one in place does not close the other.
    const int child_in = fcntl(in[1], F_DUPFD_CLOEXEC, 10), child_out = fcntl(out[1], F_DUPFD_CLOEXEC, 10);
    close(in[1]), close(out[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_in, 3);
    posix_spawn_file_actions_adddup2(&actions, child_out, 4);
    arguments.insert(arguments.begin(), SLUICE_WORKER_BIN);
    const auto argv = Pointers(arguments), envp = Pointers(environment);
    EXPECT_EQ(posix_spawn(&pid_, SLUICE_WORKER_BIN, &actions, nullptr, argv.data(), envp.data()), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(child_in), close(child_out);
  }
  ~WorkerProcess() {
    HangUp();
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }

  pid_t pid() const { return pid_; }
  void Kill(int number) { kill(pid_, number); }
  void HangUp() {
    for (int* fd : {&in_, &out_}) {
      if (*fd >= 0) close(*fd);
      *fd = -1;
    }
  }
  void Write(std::span<const uint8_t> bytes) {
    for (size_t at = 0; at < bytes.size();) {
      const ssize_t n = write(in_, bytes.data() + at, bytes.size() - at);
      if (n <= 0) return;
      at += static_cast<size_t>(n);
    }
  }

  // Writes what the pipe takes, until it takes nothing for `patience_ms`. Returns how much that was.
  size_t WriteUntilFull(std::span<const uint8_t> bytes, int patience_ms = 500) {
    size_t at = 0;
    while (at < bytes.size()) {
      const ssize_t n = send(in_, bytes.data() + at, bytes.size() - at, MSG_DONTWAIT);
      if (n > 0) {
        at += static_cast<size_t>(n);
        continue;
      }
      pollfd p{.fd = in_, .events = POLLOUT, .revents = 0};
      if (poll(&p, 1, patience_ms) <= 0) break;
    }
    return at;
  }

  // The exit code, or -1 when it did not end in time or by a signal.
  int Exit(int limit_ms = kLimitMs) {
    for (int waited = 0; waited < limit_ms; waited += 10) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      }
      poll(nullptr, 0, 10);
    }
    return -1;
  }

  // The next message for which `wanted` is true; others before it are kept. Null when none comes in time.
  const fbs_message::Message* Await(const std::function<bool(const fbs_message::Message&)>& wanted,
                                    int limit_ms = kLimitMs) {
    for (size_t looked = 0;;) {
      for (; looked < received_.size(); ++looked) {
        const auto& message = *flatbuffers::GetSizePrefixedRoot<fbs_message::Message>(received_[looked].data());
        if (!wanted(message)) continue;
        held_ = std::move(received_[looked]);
        received_.erase(received_.begin() + static_cast<ptrdiff_t>(looked));
        return flatbuffers::GetSizePrefixedRoot<fbs_message::Message>(held_.data());
      }
      if (!Read(limit_ms)) return nullptr;
    }
  }
  // Drops what was received and not asked for: it is looked through by every Await().
  void ForgetReceived() { received_.clear(); }
  bool AwaitRunning() {
    const std::string own = std::to_string(pid_);
    return AwaitNotification(fbs::notification::Event::WorkerRunning, own) != nullptr;
  }
  const fbs::notification::Notification* AwaitNotification(fbs::notification::Event event, const std::string& id,
                                                           int limit_ms = kLimitMs) {
    const auto* m = Await(
        [&](const fbs_message::Message& message) {
          const auto* n = message.data_as_Notification();
          return n && n->event() == event && n->handler_id()->str() == id;
        },
        limit_ms);
    return m ? m->data_as_Notification() : nullptr;
  }
  std::string AwaitLog(char level) {
    const auto* m = Await([level](const fbs_message::Message& message) {
      const auto* log = message.data_as_Log();
      return log && log->data()->Get(0) == level;
    });
    return m ? m->data_as_Log()->data()->str() : "";
  }

  // Sends a request and waits for its answer.
  const fbs::response::Response* Request(fbs::request::Method method, const std::string& handler_id = "",
                                         fbs::request::Body type = fbs::request::Body::NONE,
                                         flatbuffers::Offset<void> body = 0) {
    return AwaitAnswer(Ask(method, handler_id, type, body));
  }
  // Only sends it. Returns its id.
  uint32_t Ask(fbs::request::Method method, const std::string& handler_id = "",
               fbs::request::Body type = fbs::request::Body::NONE, flatbuffers::Offset<void> body = 0) {
    const uint32_t id = ++last_id_;
    const auto request = fbs::request::CreateRequest(b, id, method, b.CreateString(handler_id), type, body);
    b.FinishSizePrefixed(fbs_message::CreateMessage(b, fbs_message::Body::Request, request.Union()));
    Write({b.GetBufferPointer(), b.GetSize()});
    b.Clear();
    return id;
  }
  const fbs::response::Response* AwaitAnswer(uint32_t id, int limit_ms = kLimitMs) {
    const auto* m = Await(
        [id](const fbs_message::Message& message) {
          const auto* r = message.data_as_Response();
          return r && r->id() == id;
        },
        limit_ms);
    return m ? m->data_as_Response() : nullptr;
  }

  flatbuffers::FlatBufferBuilder b;  // for the bodies of requests

 private:
  static constexpr int kLimitMs = 10'000;

  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  }
  bool Read(int limit_ms) {
    pollfd p{.fd = out_, .events = POLLIN, .revents = 0};
    if (out_ < 0 || poll(&p, 1, limit_ms) <= 0) return false;
    uint8_t buffer[65536];
    const ssize_t n = read(out_, buffer, sizeof(buffer));
    if (n <= 0) return false;
    assembler_.Feed({buffer, static_cast<size_t>(n)}, [this](std::span<const uint8_t> frame) {
      EXPECT_EQ(VerifyFrame(frame), FrameState::kGood) << "the worker sent something unreadable";
      Frame copy((frame.size() + 7) / 8);
      std::memcpy(copy.data(), frame.data(), frame.size());
      received_.push_back(std::move(copy));
      return true;
    });
    return true;
  }

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  uint32_t last_id_ = 0;
  FrameAssembler assembler_;
  std::deque<Frame> received_;
  Frame held_;
};

}  // namespace sluice
