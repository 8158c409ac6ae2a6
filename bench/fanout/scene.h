// One worker with everything that is needed for media to flow: a router, a plain transport and a producer per sender, a
// plain transport per receiver with a consumer of every producer. Built by asynchronous calls on the caller's loop, one
// after the other.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/fanout/options.h"
#include "bench/fanout/udp.h"
#include "controller/worker.h"

namespace sluice::bench {

// One end of a plain transport: our socket, and the keys of both directions (empty without SRTP).
struct Endpoint {
  UdpSocket socket;
  std::string our_key;     // we protect with it
  std::string worker_key;  // the worker protects with it
};

class Scene {
 public:
  Scene(uv_loop_t* loop, const Options& options, std::string worker);

  static constexpr uint32_t kFirstSsrc = 1'000'000;  // of the producers, counting up
  static constexpr uint8_t kPayloadType = 101;

  // `done` gets an error text, empty when all is ready.
  void Build(std::function<void(std::string)> done);
  void Measure(controller::Callback<controller::ResourceUsage> done) { worker_->GetResourceUsage(std::move(done)); }
  void Close();

  std::vector<Endpoint>& senders() { return senders_; }
  std::vector<Endpoint>& receivers() { return receivers_; }
  int worker_pid() const { return worker_->pid(); }

 private:
  void MakeTransport();
  void Connect(std::shared_ptr<controller::PlainTransport> transport);
  void Produce(std::shared_ptr<controller::PlainTransport> transport, size_t index);
  void Consume(std::shared_ptr<controller::PlainTransport> transport, size_t producer);
  // True, and says so to `done_`, when the status is an error.
  bool Failed(const absl::Status& status, const char* what);

  uv_loop_t* loop_;
  const Options& options_;
  std::string binary_;
  std::function<void(std::string)> done_;
  std::shared_ptr<controller::Worker> worker_;
  std::shared_ptr<controller::Router> router_;
  std::vector<std::string> producer_ids_;
  std::vector<Endpoint> senders_;
  std::vector<Endpoint> receivers_;
};

}  // namespace sluice::bench
