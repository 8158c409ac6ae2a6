#include "worker/media_loop.h"

#include <algorithm>
#include <utility>

#include "rtc/router/fan_out.h"
#include "worker/clock.h"

namespace sluice {
namespace {

constexpr uint64_t kSweepMs = 5000;

template <class Handle>
void CloseAndFree(Handle* handle) {
  uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* h) { delete reinterpret_cast<Handle*>(h); });
}

}  // namespace

MediaLoop::MediaLoop(uv_loop_t* loop, Rng& rng, OnEvents on_events)
    : loop_(loop),
      on_events_(std::move(on_events)),
      network_(loop, rng,
               {.on_datagram = [this](SocketId listener, const Path& path, std::span<uint8_t> bytes,
                                      timespec stamp) { OnDatagram(listener, path, bytes, stamp); },
                .on_path_closed =
                    [this](const Path& path) {
                      Transport* transport = dispatcher_.FindPath(path);
                      if (!transport) return;
                      transport->HandlePathClosed(path, Begin());
                      Touch(*transport);
                      ApplyPaths();
                    }}),
      batch_(network_),
      turn_{.batch = batch_},
      timers_(loop, [this](Transport& transport) { OnTimer(transport); }),
      observer_timers_(loop,
                       [this](RtpObserver& observer) {
                         Turn& turn = Begin();
                         observer.OnTimer(turn.now, turn.outbox.media);
                         Touch(observer);
                       }),
      prepare_(new uv_prepare_t),
      check_(new uv_check_t),
      sweep_(new uv_timer_t) {
  uv_prepare_init(loop, prepare_);
  prepare_->data = this;
  uv_prepare_start(prepare_, [](uv_prepare_t* h) { static_cast<MediaLoop*>(h->data)->End(); });
  uv_check_init(loop, check_);
  check_->data = this;
  uv_check_start(check_, [](uv_check_t* h) { static_cast<MediaLoop*>(h->data)->End(); });
  uv_timer_init(loop, sweep_);
  sweep_->data = this;
  uv_timer_start(
      sweep_, [](uv_timer_t* h) { static_cast<MediaLoop*>(h->data)->network_.Sweep(MonotonicNow()); }, kSweepMs,
      kSweepMs);
}

MediaLoop::~MediaLoop() {
  CloseAndFree(prepare_);
  CloseAndFree(check_);
  CloseAndFree(sweep_);
}

Turn& MediaLoop::Begin() {
  if (!in_turn_) {
    in_turn_ = true;
    turn_.now = MonotonicNow();
    wall_offset_ = WallOffset();
  }
  return turn_;
}

void MediaLoop::End() {
  if (!in_turn_) return;
  // Fanning out asks producers for key frames, which moves their transports' deadlines.
  for (Producer* producer : turn_.ready) Touch(producer->transport());
  for (const Turn::KeyFrameWish& wish : turn_.key_frames) Touch(wish.producer->transport());
  FanOut(turn_);
  for (Transport* transport : turn_.moved) Touch(*transport);
  turn_.moved.clear();
  ApplyPaths();
  on_events_(turn_.outbox);
  turn_.outbox.transport.clear();
  turn_.outbox.media.clear();
  turn_.outbox.direct.clear();
  turn_.outbox.data.clear();
  batch_.Flush();
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  if (!touched_.empty()) uv_update_time(loop_);
  for (Transport* transport : touched_) timers_.Arm(*transport, transport->NextDeadline(), turn_.now);
  touched_.clear();
  in_turn_ = false;
}

void MediaLoop::Touch(Transport& transport) {
  if (touched_.empty() || touched_.back() != &transport) touched_.push_back(&transport);
}

void MediaLoop::Forget(Transport& transport) {
  dispatcher_.Remove(transport);
  std::erase(touched_, &transport);
  std::erase(turn_.moved, &transport);
  timers_.Forget(transport);
}

void MediaLoop::Touch(RtpObserver& observer) {
  uv_update_time(loop_);
  observer_timers_.Arm(observer, observer.NextDeadline(), MonotonicNow());
}

void MediaLoop::OnDatagram(SocketId listener, const Path& path, std::span<uint8_t> bytes, timespec stamp) {
  Transport* transport = dispatcher_.Find(listener, path, bytes);
  if (!transport) {
    ++unclaimed_;
    return;
  }
  Turn& turn = Begin();
  const Timestamp arrival = stamp.tv_sec == 0 ? turn.now : ArrivalOf(stamp, wall_offset_, turn.now);
  transport->HandleDatagram(path, bytes, arrival, turn);
  Touch(*transport);
  if (!turn.outbox.paths.empty()) ApplyPaths();
}

void MediaLoop::OnTimer(Transport& transport) {
  // The loop's time is in whole milliseconds and may lag behind; a little early is put right by arming it again.
  transport.OnTimer(Begin());
  Touch(transport);
  ApplyPaths();
}

void MediaLoop::ApplyPaths() {
  for (const PathChange& change : turn_.outbox.paths) {
    dispatcher_.Apply(change);
    if (change.added) {
      network_.KeepPath(change.path);
    } else {
      network_.ClosePath(change.path);
    }
  }
  turn_.outbox.paths.clear();
}

}  // namespace sluice
