#include "bench/control/worker_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "channel/verify.h"

namespace sluice::bench {

WorkerPipe::WorkerPipe(const std::string& binary) : buffer_(1 << 18) {
  signal(SIGPIPE, SIG_IGN);
  int in[2], out[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) != 0) {
    error_ = "no socket pair";
    return;
  }
  in_ = in[0];
  out_fd_ = out[0];
  // Above 4, so that putting one in place does not close the other.
  const int child_in = fcntl(in[1], F_DUPFD_CLOEXEC, 10), child_out = fcntl(out[1], F_DUPFD_CLOEXEC, 10);
  close(in[1]), close(out[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in, 3);
  posix_spawn_file_actions_adddup2(&actions, child_out, 4);
  std::string program = binary, level = "--logLevel=error";
  char* argv[] = {program.data(), level.data(), nullptr};
  setenv("MEDIASOUP_VERSION", "3.27.1", 1);
  if (const int error = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ)) {
    error_ = binary + ": " + std::strerror(error);
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  close(child_in), close(child_out);
}

WorkerPipe::~WorkerPipe() {
  close(in_), close(out_fd_);
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void WorkerPipe::Send(uint32_t id, flatbuffers::FlatBufferBuilder& b, fbs::request::Method method,
                      const std::string& handler_id, fbs::request::Body type, flatbuffers::Offset<void> body) {
  const auto request = fbs::request::CreateRequest(b, id, method, b.CreateString(handler_id), type, body);
  b.FinishSizePrefixed(fbs::message::CreateMessage(b, fbs::message::Body::Request, request.Union()));
  out_.insert(out_.end(), b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
  b.Clear();
}

bool WorkerPipe::Write() {
  const ssize_t n = send(in_, out_.data(), out_.size(), MSG_DONTWAIT);
  if (n > 0) out_.erase(out_.begin(), out_.begin() + n);
  return n > 0 || errno == EAGAIN;
}

bool WorkerPipe::Read(const OnAnswer& on_answer) {
  const ssize_t n = recv(out_fd_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (n <= 0) return n < 0 && errno == EAGAIN;
  assembler_.Feed({buffer_.data(), static_cast<size_t>(n)}, [&on_answer](std::span<const uint8_t> frame) {
    if (VerifyFrame(frame) != FrameState::kGood) return true;
    const auto* response = MessageOf(frame).data_as_Response();
    if (!response) return true;
    std::string reason;
    if (!response->accepted()) reason = response->reason() ? response->reason()->str() : "refused";
    on_answer(response->id(), reason);
    return true;
  });
  return true;
}

bool WorkerPipe::Turn(const OnAnswer& on_answer) {
  if (!out_.empty() && !Write()) {
    error_ = "the worker closed its pipe";
    return false;
  }
  pollfd fds[] = {{.fd = out_fd_, .events = POLLIN, .revents = 0},
                  {.fd = out_.empty() ? -1 : in_, .events = POLLOUT, .revents = 0}};
  const int ready = poll(fds, 2, kSilenceMs);
  if (ready <= 0 || (fds[0].revents != 0 && !Read(on_answer))) {
    error_ = ready <= 0 ? "the worker says nothing" : "the worker ended";
    return false;
  }
  return true;
}

uint64_t WorkerPipe::CpuTimeNs() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/schedstat");
  uint64_t on_cpu = 0;
  file >> on_cpu;
  return on_cpu;
}

uint64_t WorkerPipe::MaxRssKib() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string word; file >> word;) {
    if (word != "VmHWM:") continue;
    uint64_t kib = 0;
    file >> kib;
    return kib;
  }
  return 0;
}

}  // namespace sluice::bench
