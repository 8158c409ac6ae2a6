// A user of the installed libraries: starts the installed worker, and makes a session of the media core.
#include <cstdio>
#include <vector>

#include "controller/worker.h"
#include "rtc/srtp/srtp_session.h"

int main(int argc, char** argv) {
  using sluice::controller::Worker;
  if (argc != 2) return 2;
  uv_loop_t* loop = uv_default_loop();
  bool started = false;
  Worker::Start(loop, {.binary = argv[1]}, [&started](absl::StatusOr<std::shared_ptr<Worker>> worker) {
    started = worker.ok();
    std::puts(started ? "the worker runs" : worker.status().ToString().c_str());
    if (started) (*worker)->Close();
  });
  uv_run(loop, UV_RUN_DEFAULT);
  const std::vector<uint8_t> too_short(3);
  const bool refused = !sluice::SrtpSession::CreateInbound(sluice::SrtpSuite::kAeadAes128Gcm, too_short).ok();
  return started && refused ? 0 : 1;
}
