// The whole conference server on one libuv loop: workers, rooms, page and signalling, put together from the options.
//
// After Stop(), or a failed Start(), the loop runs out by itself; then the app may go.
#pragma once

#include <uv.h>

#include <memory>
#include <string>

#include "conference/conference.h"
#include "conference/options.h"
#include "conference/web_server.h"
#include "conference/worker_pool.h"

namespace sluice::conference {

class App {
 public:
  // Tests give other limits.
  App(uv_loop_t* loop, Options options, const Limits& limits = {});
  ~App();

  // `done` hears once that pages are served, or why not.
  void Start(controller::DoneCallback done);
  void Stop();

  uint16_t port() const { return web_->port(); }  // once started
  const WorkerPool& workers() const { return pool_; }
  const Conference& conference() const { return conference_; }
  // What to tell whoever started it.
  std::string Welcome() const;

 private:
  absl::Status Serve();
  Health GetHealth() const;

  uv_loop_t* loop_;
  const Options options_;
  const Limits limits_;
  const std::vector<std::string> local_addresses_;
  WorkerPool pool_;
  Conference conference_;
  std::unique_ptr<WebServer> web_;
};

}  // namespace sluice::conference
