#include "controller/process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <utility>

extern "C" char** environ;

namespace sluice::controller {
namespace {

// A line that is longer comes in pieces.
constexpr size_t kMaxLine = 8 * 1024;

struct Output {
  uv_pipe_t pipe;
  bool is_error = false;
  std::string line;
  char buffer[4096];
};

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& variables) {
  std::vector<std::string> result = variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    bool replaced = false;
    for (const std::string& variable : variables) {
      replaced |= text.substr(0, variable.find('=') + 1) == variable.substr(0, variable.find('=') + 1);
    }
    if (!replaced) result.emplace_back(text);
  }
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

class Process::Handles {
 public:
  Handles(uv_loop_t* loop, Callbacks callbacks) : loop_(loop), callbacks_(std::move(callbacks)) {
    for (Output* output : {&out_, &err_}) {
      uv_pipe_init(loop, &output->pipe, 0);
      output->pipe.data = this;
    }
    err_.is_error = true;
    uv_timer_init(loop, &kill_timer_);
    kill_timer_.data = this;
    std::memset(&process_, 0, sizeof(process_));
    process_.data = this;
  }

  absl::Status Spawn(const std::string& binary, const std::vector<std::string>& arguments,
                     const std::vector<std::string>& variables, uv_pipe_t* to_worker, uv_pipe_t* from_worker) {
    std::vector<std::string> words{binary};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> environment = EnvironmentWith(variables);
    std::vector<char*> argv = Pointers(words);
    std::vector<char*> env = Pointers(environment);
    auto pipe = [](uv_pipe_t* handle, int flags) {
      uv_stdio_container_t container;
      container.flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | flags);
      container.data.stream = reinterpret_cast<uv_stream_t*>(handle);
      return container;
    };
    uv_stdio_container_t stdio[5];
    stdio[0].flags = UV_IGNORE;
    stdio[1] = pipe(&out_.pipe, UV_WRITABLE_PIPE);
    stdio[2] = pipe(&err_.pipe, UV_WRITABLE_PIPE);
    stdio[3] = pipe(to_worker, UV_READABLE_PIPE);
    stdio[4] = pipe(from_worker, UV_WRITABLE_PIPE);
    uv_process_options_t options{};
    options.file = binary.c_str();
    options.args = argv.data();
    options.env = env.data();
    options.stdio = stdio;
    options.stdio_count = 5;
    // Ctrl-C at a terminal is for the server, which ends its workers in order; they end anyway when the pipe closes.
    options.flags = UV_PROCESS_DETACHED;
    options.exit_cb = [](uv_process_t* process, int64_t code, int signal) {
      static_cast<Handles*>(process->data)->OnExit(code, signal);
    };
    const int error = uv_spawn(loop_, &process_, &options);
    if (error != 0) {
      return absl::UnavailableError(fmt::format("cannot start \"{}\": {}", binary, uv_strerror(error)));
    }
    running_ = true;
    Read(out_);
    Read(err_);
    return absl::OkStatus();
  }

  int pid() const { return process_.pid; }

  void KillAfter(std::chrono::milliseconds delay) {
    if (!running_) return;
    uv_timer_start(
        &kill_timer_, [](uv_timer_t* timer) { static_cast<Handles*>(timer->data)->Kill(); },
        static_cast<uint64_t>(delay.count()), 0);
  }

  void Spare() {
    if (running_) uv_timer_stop(&kill_timer_);
  }

  // The owner is gone: no callbacks any more.
  void Abandon() {
    callbacks_ = {};
    abandoned_ = true;
    if (running_) {
      Kill();  // OnExit() closes the rest
    } else if (!closing_) {
      CloseAll();
    }
  }

 private:
  void Kill() {
    if (running_) uv_process_kill(&process_, SIGKILL);
  }

  void Read(Output& output) {
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(&output.pipe),
        [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
          Output& o = *reinterpret_cast<Output*>(handle);
          *buffer = uv_buf_init(o.buffer, sizeof(o.buffer));
        },
        [](uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
          auto* handles = static_cast<Handles*>(stream->data);
          Output& o = *reinterpret_cast<Output*>(stream);
          if (size < 0) {
            uv_read_stop(stream);
            handles->FlushLine(o);
          } else {
            handles->OnOutput(o, std::string_view(buffer->base, static_cast<size_t>(size)));
          }
        });
  }

  void OnOutput(Output& output, std::string_view text) {
    for (char c : text) {
      if (c == '\n' || output.line.size() >= kMaxLine) FlushLine(output);
      if (c != '\n') output.line += c;
    }
  }

  void FlushLine(Output& output) {
    const std::string line = std::exchange(output.line, {});
    if (!line.empty() && callbacks_.on_line) callbacks_.on_line(output.is_error, line);
  }

  // What it wrote last may still lie in the pipes: it often says why it ended.
  void Drain(Output& output) {
    uv_os_fd_t fd;
    if (uv_fileno(reinterpret_cast<uv_handle_t*>(&output.pipe), &fd) != 0) return;
    char buffer[4096];
    for (int i = 0; i < 16; ++i) {  // another process that holds the pipe may write for ever
      const ssize_t size = ::read(fd, buffer, sizeof(buffer));
      if (size <= 0) break;
      OnOutput(output, std::string_view(buffer, static_cast<size_t>(size)));
    }
    FlushLine(output);
  }

  void OnExit(int64_t code, int signal) {
    running_ = false;
    Drain(out_);
    Drain(err_);
    Handler<int64_t, int> on_exit = std::move(callbacks_.on_exit);
    callbacks_ = {};
    if (on_exit) on_exit(code, signal);  // may destroy the owner, which calls Abandon()
    if (!closing_) CloseAll();
  }

  void CloseAll() {
    closing_ = true;
    auto closed = [](uv_handle_t* handle) {
      auto* handles = static_cast<Handles*>(handle->data);
      if (--handles->open_ == 0 && handles->abandoned_) delete handles;
    };
    // uv_spawn() makes a handle of it even when it fails, but not if it was never called.
    if (process_.type == UV_PROCESS) ++open_;
    open_ += 3;
    uv_close(reinterpret_cast<uv_handle_t*>(&out_.pipe), closed);
    uv_close(reinterpret_cast<uv_handle_t*>(&err_.pipe), closed);
    uv_close(reinterpret_cast<uv_handle_t*>(&kill_timer_), closed);
    if (process_.type == UV_PROCESS) uv_close(reinterpret_cast<uv_handle_t*>(&process_), closed);
  }

  uv_loop_t* loop_;
  Callbacks callbacks_;
  uv_process_t process_;
  uv_timer_t kill_timer_;
  Output out_;
  Output err_;
  int open_ = 0;
  bool running_ = false;
  bool closing_ = false;
  bool abandoned_ = false;

  friend class Process;
};

Process::Process(uv_loop_t* loop, Callbacks callbacks) : handles_(new Handles(loop, std::move(callbacks))) {}

Process::~Process() {
  // After everything is closed nobody else is left to delete it.
  if (handles_->closing_ && handles_->open_ == 0) {
    delete handles_;
  } else {
    handles_->Abandon();
  }
}

absl::Status Process::Spawn(const std::string& binary, const std::vector<std::string>& arguments,
                            const std::vector<std::string>& variables, uv_pipe_t* to_worker, uv_pipe_t* from_worker) {
  return handles_->Spawn(binary, arguments, variables, to_worker, from_worker);
}

int Process::pid() const { return handles_->pid(); }

void Process::KillAfter(std::chrono::milliseconds delay) { handles_->KillAfter(delay); }

void Process::Spare() { handles_->Spare(); }

}  // namespace sluice::controller
