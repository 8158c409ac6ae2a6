// The sluice-worker processes, one per core, each with one WebRtcServer whose sockets all its rooms share. Gives a room
// its router on the least loaded worker, and starts a worker anew when it died: at once the first time, then later and
// later. It knows nothing of rooms; who has one hears of the worker's death by `on_died`.
//
// Lives on the loop's thread. After Close() the loop must run out before the pool goes.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "conference/limits.h"
#include "controller/worker.h"

namespace sluice::conference {

struct WorkerPoolOptions {
  size_t workers = 1;
  controller::WorkerOptions worker;
  // The sockets of worker `index`.
  std::function<std::vector<controller::ListenInfo>(size_t index)> listen_infos;
  std::vector<controller::RtpCodecCapability> media_codecs;
  Limits limits;
};

class WorkerPool {
 public:
  // A worker that lived this long starts with the shortest delay again when it dies.
  static constexpr std::chrono::milliseconds kSettled{30'000};
  static constexpr std::chrono::milliseconds kFirstDelay{100};  // doubles with every quick death
  static constexpr std::chrono::milliseconds kLongestDelay{5'000};

  struct Room {
    size_t worker = 0;  // index
    std::shared_ptr<controller::Router> router;
    std::shared_ptr<controller::WebRtcServer> webrtc_server;
    std::shared_ptr<controller::ActiveSpeakerObserver> speakers;
  };

  WorkerPool(uv_loop_t* loop, WorkerPoolOptions options);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // `done` hears once: that all workers run, or why the first of them does not. No worker is retried before that.
  void Start(controller::DoneCallback done);

  // A router, and who speaks on it, on the least loaded worker, waiting up to Limits::worker_wait for one (then kUnavailable).
  void OpenRoom(controller::Callback<Room> done);

  void CloseRoom(Room& room);

  // One participant more or less on this worker. A room itself counts as one.
  void AddLoad(size_t worker, int participants) { slots_[worker].load += participants; }

  size_t size() const { return slots_.size(); }
  size_t running() const;
  const controller::Worker* worker(size_t index) const { return slots_[index].worker.get(); }

  void Close();

  // The worker died that had this index; its routers are closed already. It is being started again.
  std::function<void(size_t worker, const std::string& why)> on_died;

 private:
  struct Slot {
    WorkerPool* pool = nullptr;
    size_t index = 0;
    std::shared_ptr<controller::Worker> worker;               // null: none, or not yet
    std::shared_ptr<controller::WebRtcServer> webrtc_server;  // null until it is ready for rooms
    int load = 0;
    int quick_deaths = 0;
    uint64_t started_at_ms = 0;
    uv_timer_t respawn{};
  };
  struct Waiting {
    controller::Callback<Room> done;
    uint64_t until_ms;
  };

  void StartWorker(size_t index);
  void OnWorkerStarted(size_t index, absl::StatusOr<std::shared_ptr<controller::Worker>> worker);
  void OnReady(size_t index, absl::StatusOr<std::shared_ptr<controller::WebRtcServer>> server);
  void OnDied(size_t index, const absl::Status& status);
  void OnStartFailed(size_t index, const absl::Status& status);
  void RespawnLater(size_t index);
  Slot* LeastLoaded();
  void CreateRouter(Slot& slot, controller::Callback<Room> done);
  void CreateObserver(Room room, controller::Callback<Room> done);
  void OnNoRoom(size_t worker, const absl::Status& status, controller::Callback<Room> done);
  void ServeWaiting();
  void ExpireWaiting();

  uv_loop_t* loop_;
  WorkerPoolOptions options_;
  std::vector<Slot> slots_;     // never resized: timers point into it
  std::list<Waiting> waiting_;  // at most Limits::waiting_rooms
  uv_timer_t expiry_{};
  controller::DoneCallback started_;  // until all workers run, or one failed
  bool closing_ = false;
};

// Opus, VP8 (which every browser has, and prefers here), VP9, H264 and AV1.
std::vector<controller::RtpCodecCapability> DefaultMediaCodecs();

}  // namespace sluice::conference
