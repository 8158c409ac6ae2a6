// sluice-worker: one process per core, started by a controller with pipes on descriptors 3 (requests) and 4 (answers).
// Exits with 0 when closed, by SIGINT or SIGTERM, or when the pipe ends; 41 without a version that is known, 42 for
// wrong settings, 40 when it cannot work at all.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <uv.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "worker/settings.h"
#include "worker/worker.h"

namespace {

constexpr int kExitCannotWork = 40;
constexpr int kExitVersion = 41;
constexpr int kExitSettings = 42;
constexpr int kInFd = 3;
constexpr int kOutFd = 4;

// Another version may lay its messages out differently, and would be misread without a sound.
bool VersionIsGood() {
  const char* version = std::getenv("MEDIASOUP_VERSION");
  if (!version) {
    std::fprintf(stderr, "sluice-worker: MEDIASOUP_VERSION is not set: start it from a controller\n");
    return false;
  }
  const char* any = std::getenv("SLUICE_ANY_MEDIASOUP_VERSION");
  if (version == sluice::kTestedVersion || (any && std::string_view(any) == "1")) return true;
  std::fprintf(stderr,
               "sluice-worker: the controller speaks mediasoup %s, tested is %s only; "
               "SLUICE_ANY_MEDIASOUP_VERSION=1 tries it nevertheless\n",
               version, std::string(sluice::kTestedVersion).c_str());
  return false;
}

// Before anything else is opened: a closed descriptor would be the next one's number.
bool HasPipes() {
  for (int fd : {kInFd, kOutFd}) {
    struct stat status {};
    if (fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))) continue;
    std::fprintf(stderr, "sluice-worker: descriptor %d is no pipe: start it from a controller\n", fd);
    return false;
  }
  return true;
}

void IgnoreSignals() {
  for (int number : {SIGPIPE, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2}) signal(number, SIG_IGN);
}

// Every transport with ports of its own takes descriptors: as many as the system permits.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class Loop {
 public:
  Loop() { uv_loop_init(&loop_); }
  // Lets libuv free what was closed; what a dead controller would not take is not waited for.
  ~Loop() {
    for (int i = 0; i < 3; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
    uv_loop_close(&loop_);
  }
  uv_loop_t* get() { return &loop_; }

 private:
  uv_loop_t loop_;
};

}  // namespace

int main(int argc, char** argv) {
  if (!VersionIsGood()) return kExitVersion;
  const auto settings = sluice::ParseSettings({argv + 1, static_cast<size_t>(argc > 0 ? argc - 1 : 0)});
  if (!settings.ok()) {
    std::fprintf(stderr, "sluice-worker: %s\n", std::string(settings.status().message()).c_str());
    return kExitSettings;
  }
  if (!HasPipes()) return kExitCannotWork;
  IgnoreSignals();
  RaiseDescriptorLimit();
  uv_signal_t interrupt, terminate;  // outlive the loop, which frees them
  Loop loop;
  auto worker =
      sluice::Worker::Create(loop.get(), *settings, kInFd, kOutFd, [&loop](std::string_view) { uv_stop(loop.get()); });
  if (!worker.ok()) {
    std::fprintf(stderr, "sluice-worker: %s\n", std::string(worker.status().message()).c_str());
    return absl::IsInvalidArgument(worker.status()) ? kExitSettings : kExitCannotWork;
  }
  for (auto [handle, number] : {std::pair{&interrupt, SIGINT}, std::pair{&terminate, SIGTERM}}) {
    uv_signal_init(loop.get(), handle);
    uv_signal_start(
        handle, [](uv_signal_t* h, int) { uv_stop(h->loop); }, number);
  }
  (*worker)->Start();
  uv_run(loop.get(), UV_RUN_DEFAULT);

  worker->reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&interrupt), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&terminate), nullptr);
  return EXIT_SUCCESS;
}
