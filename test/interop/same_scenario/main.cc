// The scenario with the controller library: same-scenario WORKER SCENARIO.JSON, in a namespace of its own. Prints what came
// of it as JSON, a list of [name, value]; main.mjs does the same, step by step, with the published controller.
#include <cstdio>
#include <fstream>

#include "controller/worker.h"
#include "test/interop/same_scenario/scenarios.h"
#include "test/interop/same_scenario/steps.h"

namespace {

using namespace sluice::scenario;  // NOLINT(google-build-using-namespace): a program of its own
using sluice::controller::Worker;

void Run(uv_loop_t* loop, const char* worker_program, nlohmann::json given) {
  Steps steps(loop, std::move(given));
  const auto worker = steps.Get<std::shared_ptr<Worker>>(
      [&](auto done) { Worker::Start(loop, {.binary = worker_program}, std::move(done)); });
  RunMedia(steps, worker);
  steps.NoteEvents("events of media");
  RunPipe(steps, worker);
  steps.NoteEvents("events of the pipe");
  worker->Close();
  uv_run(loop, UV_RUN_DEFAULT);
  std::printf("%s\n", steps.notes().dump(1).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) GiveUp("same-scenario WORKER SCENARIO.JSON");
  std::ifstream file(argv[2]);
  nlohmann::json given = nlohmann::json::parse(file, nullptr, false);
  if (given.is_discarded()) GiveUp("the scenario cannot be read");
  Run(uv_default_loop(), argv[1], std::move(given));
  return 0;
}
