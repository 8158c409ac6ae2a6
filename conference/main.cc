// sluice: the conference server. Reads the command line, starts everything, waits for a signal.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <uv.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "conference/app.h"
#include "conference/options.h"

namespace sluice::conference {
namespace {

std::string ProgramDirectory() {
  std::array<char, PATH_MAX> path{};
  size_t size = path.size();
  if (uv_exepath(path.data(), &size) != 0) return ".";
  return std::filesystem::path(std::string(path.data(), size)).parent_path().string();
}

// Every participant is a socket: take what the system allows.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class Program {
 public:
  explicit Program(Options options) : app_(uv_default_loop(), std::move(options)) {}

  int Run() {
    WatchSignal(interrupt_, SIGINT);
    WatchSignal(terminate_, SIGTERM);
    app_.Start([this](const absl::Status& status) {
      if (status.ok()) {
        fmt::print("{}", app_.Welcome());
        std::fflush(stdout);
        return;
      }
      fmt::print(stderr, "sluice cannot start: {}\n", std::string(status.message()));
      result_ = EXIT_FAILURE;
      ForgetSignals();
    });
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return result_;
  }

 private:
  void WatchSignal(uv_signal_t& watch, int number) {
    uv_signal_init(uv_default_loop(), &watch);
    watch.data = this;
    uv_signal_start(
        &watch,
        [](uv_signal_t* signal, int) {
          auto* program = static_cast<Program*>(signal->data);
          if (program->stopping_) std::_Exit(EXIT_FAILURE);  // asked twice: at once
          program->stopping_ = true;
          spdlog::info("shutting down");
          program->app_.Stop();
          // A second signal is still heard, but keeps nobody waiting.
          uv_unref(reinterpret_cast<uv_handle_t*>(&program->interrupt_));
          uv_unref(reinterpret_cast<uv_handle_t*>(&program->terminate_));
        },
        number);
  }
  void ForgetSignals() {
    uv_close(reinterpret_cast<uv_handle_t*>(&interrupt_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&terminate_), nullptr);
  }

  App app_;
  uv_signal_t interrupt_{};
  uv_signal_t terminate_{};
  bool stopping_ = false;
  int result_ = EXIT_SUCCESS;
};

}  // namespace
}  // namespace sluice::conference

int main(int argc, char** argv) {
  using namespace sluice::conference;
  const absl::StatusOr<CommandLine> line = ParseCommandLine(argc, argv, ProgramDirectory());
  if (!line.ok()) {
    fmt::print(stderr, "{}\nsluice --help explains the options.\n", std::string(line.status().message()));
    return EXIT_FAILURE;
  }
  if (!line->text.empty()) {
    fmt::print("{}", line->text);
    return EXIT_SUCCESS;
  }
  std::signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();
  spdlog::set_default_logger(spdlog::stderr_color_mt("sluice"));
  spdlog::set_level(spdlog::level::from_str(line->options.log_level));
  return Program(line->options).Run();
}
