// Runs the media core on a libuv loop: sockets, timers and turns. A turn begins with the first thing that happens after
// the loop waited and ends before it waits again: then everything that came is forwarded, the controller is told, and
// the batch leaves in as few system calls as the kernel allows. The clock is read once per turn.
//
// Requests run in a turn of their own, because they may remove what datagrams before them are still to be forwarded to.
// Transports and observers are owned elsewhere; Forget() before one is destroyed.
#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "rtc/base/rng.h"
#include "rtc/net/send_batch.h"
#include "rtc/observer/rtp_observer.h"
#include "rtc/transport/transport.h"
#include "rtc/transport/turn.h"
#include "worker/deadline_timers.h"
#include "worker/dispatcher.h"
#include "worker/network.h"

namespace sluice {

class MediaLoop {
 public:
  using OnEvents = absl::AnyInvocable<void(const Outbox& outbox)>;

  // `loop` and `rng` outlive it.
  MediaLoop(uv_loop_t* loop, Rng& rng, OnEvents on_events);
  ~MediaLoop();
  MediaLoop(const MediaLoop&) = delete;
  MediaLoop& operator=(const MediaLoop&) = delete;

  Network& network() { return network_; }
  const Network& network() const { return network_; }
  Dispatcher& dispatcher() { return dispatcher_; }

  // The turn under way, or a new one.
  Turn& Begin();
  // Forwards, tells, sends. Does nothing when no turn is under way.
  void End();

  // What happened may have changed the transport's next deadline.
  void Touch(Transport& transport);
  // Before a transport goes: no datagram, timer or event reaches it from here on.
  void Forget(Transport& transport);
  // The same for an observer: it is new, or was resumed.
  void Touch(RtpObserver& observer);
  void Forget(RtpObserver& observer) { observer_timers_.Forget(observer); }

  // Datagrams that were for nobody.
  uint64_t unclaimed() const { return unclaimed_; }

 private:
  void OnDatagram(SocketId listener, const Path& path, std::span<uint8_t> bytes, timespec stamp);
  void OnTimer(Transport& transport);
  void ApplyPaths();

  uv_loop_t* loop_;
  OnEvents on_events_;
  Network network_;
  Dispatcher dispatcher_;
  SendBatch batch_;
  Turn turn_;
  TimeDelta wall_offset_;
  bool in_turn_ = false;
  std::vector<Transport*> touched_;
  DeadlineTimers<Transport> timers_;
  DeadlineTimers<RtpObserver> observer_timers_;
  uv_prepare_t* prepare_;
  uv_check_t* check_;
  uv_timer_t* sweep_;
  uint64_t unclaimed_ = 0;
};

}  // namespace sluice
