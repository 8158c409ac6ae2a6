// One worker process: spawning it with the pipe at descriptors 3 and 4, its output line by line, its end. Knows nothing
// of what goes through the pipe. Destroying it kills a process that still runs. Not for users of the library.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/status.h"

namespace sluice::controller {

class Process {
 public:
  struct Callbacks {
    Handler<bool, std::string_view> on_line;  // whether it came from stderr; the line
    Handler<int64_t, int> on_exit;            // exit code, signal (0: none). The last callback
  };

  Process(uv_loop_t* loop, Callbacks callbacks);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // `to_worker` and `from_worker` become its descriptors 3 and 4. The environment is ours, with `variables`
  // ("NAME=value") set.
  absl::Status Spawn(const std::string& binary, const std::vector<std::string>& arguments,
                     const std::vector<std::string>& variables, uv_pipe_t* to_worker, uv_pipe_t* from_worker);
  int pid() const;
  // Kills it unless it has ended by then, or is spared.
  void KillAfter(std::chrono::milliseconds delay);
  void Spare();

 private:
  class Handles;
  Handles* handles_;  // until libuv has closed them
};

}  // namespace sluice::controller
