// A sluice-worker process and the pipe to it. Start() spawns it on the caller's libuv loop; everything of one worker
// happens on that loop's thread. The loop must run until the worker is closed and its process gone.
//
// When the process dies: every pending call is answered kUnavailable, every object is closed (`on.closed` with
// kWorkerDied, children before parents), then `on.died` is called. The library does not respawn it: that is a decision
// of the server, which knows what the rooms were.
//
// A running worker stays until Close(), whether or not its pointer is kept. Let go of all pointers before the loop is
// closed, and run the loop once more, for libuv to free their timers. SIGPIPE is ignored from the first Start() on, for
// a worker may die while it is written to.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/object.h"
#include "controller/router.h"
#include "controller/status.h"
#include "controller/webrtc_server.h"

namespace sluice::controller {

class Process;

struct LogLine {
  enum class Source : uint8_t { kPipe, kStdout, kStderr };
  Source source = Source::kPipe;
  char level = 'D';  // 'D' debug, 'W' warning, 'E' error
  std::string text;
};

struct WorkerOptions {
  std::string binary = "sluice-worker";  // a path, or a name to look for in PATH
  std::string log_level = "error";       // "debug", "warn", "error", "none"
  std::vector<std::string> log_tags;     // "info", "ice", "dtls", "rtp", "srtp", "rtcp", "rtx", "bwe", "score", ...
  uint16_t rtc_min_port = 0;             // for transports with sockets of their own; 0: the worker's default
  uint16_t rtc_max_port = 0;
  std::string dtls_certificate_file;  // PEM; "": the worker makes one
  std::string dtls_private_key_file;
  std::chrono::milliseconds start_timeout{10000};
  std::chrono::milliseconds request_timeout{10000};
};

struct WorkerSettings {  // at run time; what is not given stays as it is
  std::optional<std::string> log_level;
  std::optional<std::vector<std::string>> log_tags;  // empty: none
};

struct WorkerEvents {
  Handler<absl::Status> died;   // unexpectedly; says the exit code or the signal
  Handler<const LogLine&> log;  // what the worker logs
  Handler<> exited;             // the process is gone, after Close() or death
};

struct ResourceUsage {  // getrusage(2) of the process; Linux leaves some at 0
  uint64_t user_time_ms = 0;
  uint64_t system_time_ms = 0;
  uint64_t max_rss_kib = 0;
  uint64_t shared_memory = 0;
  uint64_t unshared_data = 0;
  uint64_t unshared_stack = 0;
  uint64_t minor_faults = 0;
  uint64_t major_faults = 0;
  uint64_t swaps = 0;
  uint64_t blocks_in = 0;
  uint64_t blocks_out = 0;
  uint64_t messages_sent = 0;
  uint64_t messages_received = 0;
  uint64_t signals = 0;
  uint64_t voluntary_switches = 0;
  uint64_t involuntary_switches = 0;
};

struct WorkerDump {
  uint32_t pid = 0;
  std::vector<std::string> webrtc_server_ids;
  std::vector<std::string> router_ids;
  // Ids that requests and notifications can be addressed to now.
  std::vector<std::string> request_handlers;
  std::vector<std::string> notification_handlers;
};

class Worker final : public Object {
 public:
  // `done` gets the worker once it runs; kUnavailable when it could not be started, kInvalidArgument when it refused
  // its settings. `log` sees what it writes from the first line on, and becomes `on.log`.
  static void Start(uv_loop_t* loop, WorkerOptions options, Callback<std::shared_ptr<Worker>> done,
                    Handler<const LogLine&> log = nullptr);
  ~Worker() override;

  int pid() const { return pid_; }
  bool died() const { return died_; }

  void CreateRouter(RouterOptions options, Callback<std::shared_ptr<Router>> done);
  void CreateWebRtcServer(WebRtcServerOptions options, Callback<std::shared_ptr<WebRtcServer>> done);
  void Dump(Callback<WorkerDump> done);
  void GetResourceUsage(Callback<ResourceUsage> done);
  void UpdateSettings(const WorkerSettings& settings, DoneCallback done);

  // Tells the process to end, closes all objects; pending calls are answered kCancelled. A process that is still there
  // after 2 s is killed.
  void Close() override;

  const std::map<std::string, std::shared_ptr<Router>>& routers() const { return routers_; }

  WorkerEvents on;

 private:
  friend class Router;
  friend class WebRtcServer;
  Worker(std::shared_ptr<Connection> connection, std::unique_ptr<Process> process);
  std::shared_ptr<Worker> Self();
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;
  void OnLine(LogLine line);
  void OnPipeEnd(std::string_view why);
  void OnExit(int64_t code, int signal);
  void OnDied(const absl::Status& status);
  void CloseChildren(CloseReason reason);

  std::unique_ptr<Process> process_;
  std::shared_ptr<Worker> self_;                // while the process runs
  Callback<std::shared_ptr<Worker>> starting_;  // until it says that it runs
  std::string last_words_;                      // its last error line, for the report of its death
  int pid_;
  bool died_ = false;
  std::map<std::string, std::shared_ptr<Router>> routers_;
  std::map<std::string, std::shared_ptr<WebRtcServer>> webrtc_servers_;
};

}  // namespace sluice::controller
