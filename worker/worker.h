// The worker process on a loop: the control pipe at one end, sockets at the other, the media core between them.
//
// Ends by itself when the controller says so or its pipe closes: then on_end is called, once, and nothing is handled
// any more. Destroying it says farewell to the peers (DTLS close_notify) and closes the sockets; the loop must run on
// until it is empty for libuv to free them.
#pragma once

#include <uv.h>

#include <memory>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "channel/channel.h"
#include "worker/core.h"
#include "worker/notifier.h"

namespace sluice {

class Worker {
 public:
  using OnEnd = absl::AnyInvocable<void(std::string_view why)>;

  // InvalidArgument when the certificate files cannot be used; FailedPrecondition when the descriptors are no pipes.
  static absl::StatusOr<std::unique_ptr<Worker>> Create(uv_loop_t* loop, const Settings& settings, int in_fd,
                                                        int out_fd, OnEnd on_end);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Announces itself and begins to take requests.
  void Start();

 private:
  Worker(uv_loop_t* loop, const Settings& settings, std::unique_ptr<DtlsContext> dtls, uint64_t seed, OnEnd on_end);
  void OnMessage(const fbs::message::Message& message, bool body_good);
  void End(std::string_view why);

  OnEnd on_end_;
  bool ended_ = false;
  Channel channel_;
  Core core_;
  Notifier notifier_;
};

}  // namespace sluice
