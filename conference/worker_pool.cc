#include "conference/worker_pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace sluice::conference {
namespace {

using controller::MediaKind;
using controller::Worker;

std::string Text(const absl::Status& status) { return std::string(status.message()); }

void LogLine(size_t index, const controller::LogLine& line) {
  const auto level = line.level == 'E'   ? spdlog::level::err
                     : line.level == 'W' ? spdlog::level::warn
                                         : spdlog::level::debug;
  spdlog::log(level, "worker {}: {}", index, line.text);
}

}  // namespace

std::vector<controller::RtpCodecCapability> DefaultMediaCodecs() {
  return {
      {.kind = MediaKind::kAudio, .mime_type = "audio/opus", .clock_rate = 48000, .channels = 2},
      {.kind = MediaKind::kVideo, .mime_type = "video/VP8", .clock_rate = 90000},
      {.kind = MediaKind::kVideo, .mime_type = "video/VP9", .clock_rate = 90000, .parameters = {{"profile-id", 0}}},
      {.kind = MediaKind::kVideo,
       .mime_type = "video/H264",
       .clock_rate = 90000,
       .parameters = {{"packetization-mode", 1},
                      {"profile-level-id", std::string("42e01f")},
                      {"level-asymmetry-allowed", 1}}},
      {.kind = MediaKind::kVideo, .mime_type = "video/AV1", .clock_rate = 90000},
  };
}

WorkerPool::WorkerPool(uv_loop_t* loop, WorkerPoolOptions options)
    : loop_(loop), options_(std::move(options)), slots_(options_.workers) {
  uv_timer_init(loop_, &expiry_);
  expiry_.data = this;
  for (size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].pool = this;
    slots_[i].index = i;
    uv_timer_init(loop_, &slots_[i].respawn);
    slots_[i].respawn.data = &slots_[i];
  }
}

WorkerPool::~WorkerPool() = default;

void WorkerPool::Start(controller::DoneCallback done) {
  started_ = std::move(done);
  for (size_t i = 0; i < slots_.size(); ++i) StartWorker(i);
}

void WorkerPool::StartWorker(size_t index) {
  Worker::Start(
      loop_, options_.worker,
      [this, index](absl::StatusOr<std::shared_ptr<Worker>> worker) { OnWorkerStarted(index, std::move(worker)); },
      [index](const controller::LogLine& line) { LogLine(index, line); });
}

void WorkerPool::OnWorkerStarted(size_t index, absl::StatusOr<std::shared_ptr<Worker>> worker) {
  if (!worker.ok()) {
    OnStartFailed(index, worker.status());
    return;
  }
  Slot& slot = slots_[index];
  slot.worker = *std::move(worker);
  slot.started_at_ms = uv_now(loop_);
  slot.worker->on.died = [this, index](const absl::Status& status) { OnDied(index, status); };
  if (closing_) {
    slot.worker->Close();
    return;
  }
  spdlog::info("worker {} runs as process {}", index, slot.worker->pid());
  slot.worker->CreateWebRtcServer({.listen_infos = options_.listen_infos(index)},
                                  [this, index](absl::StatusOr<std::shared_ptr<controller::WebRtcServer>> server) {
                                    OnReady(index, std::move(server));
                                  });
}

void WorkerPool::OnReady(size_t index, absl::StatusOr<std::shared_ptr<controller::WebRtcServer>> server) {
  Slot& slot = slots_[index];
  if (closing_ || slot.worker == nullptr) return;  // it died meanwhile: OnDied() sees to it
  if (!server.ok()) {
    slot.worker->Close();
    slot.worker = nullptr;
    OnStartFailed(index, server.status());
    return;
  }
  slot.webrtc_server = *std::move(server);
  if (started_ && running() == slots_.size()) std::exchange(started_, nullptr)(absl::OkStatus());
  ServeWaiting();
}

void WorkerPool::OnStartFailed(size_t index, const absl::Status& status) {
  if (closing_) return;
  spdlog::error("worker {} cannot be started: {}", index, Text(status));
  if (started_) {
    std::exchange(started_, nullptr)(status);
    return;
  }
  RespawnLater(index);
}

void WorkerPool::OnDied(size_t index, const absl::Status& status) {
  Slot& slot = slots_[index];
  slot.worker = nullptr;
  slot.webrtc_server = nullptr;
  if (closing_) return;
  spdlog::error("worker {} died: {}", index, Text(status));
  if (started_) {
    std::exchange(started_, nullptr)(status);
    return;
  }
  if (uv_now(loop_) - slot.started_at_ms >= static_cast<uint64_t>(kSettled.count())) slot.quick_deaths = 0;
  RespawnLater(index);
  if (on_died) on_died(index, Text(status));
}

void WorkerPool::RespawnLater(size_t index) {
  Slot& slot = slots_[index];
  const int deaths = slot.quick_deaths++;
  const auto delay = deaths == 0 ? std::chrono::milliseconds(0)
                                 : std::min(kLongestDelay, kFirstDelay * (1 << std::min(deaths - 1, 10)));
  auto respawn = [](uv_timer_t* timer) {
    auto& dead = *static_cast<Slot*>(timer->data);
    dead.pool->StartWorker(dead.index);
  };
  uv_timer_start(&slot.respawn, respawn, static_cast<uint64_t>(delay.count()), 0);
}

size_t WorkerPool::running() const {
  return static_cast<size_t>(
      std::ranges::count_if(slots_, [](const Slot& slot) { return slot.webrtc_server != nullptr; }));
}

WorkerPool::Slot* WorkerPool::LeastLoaded() {
  Slot* best = nullptr;
  for (Slot& slot : slots_) {
    // A worker whose death is being told now is closed already.
    if (slot.webrtc_server == nullptr || slot.worker->closed()) continue;
    if (best == nullptr || slot.load < best->load) best = &slot;
  }
  return best;
}

void WorkerPool::OpenRoom(controller::Callback<Room> done) {
  Slot* slot = LeastLoaded();
  if (slot != nullptr && !closing_) {
    CreateRouter(*slot, std::move(done));
    return;
  }
  if (closing_ || waiting_.size() >= options_.limits.waiting_rooms) {
    // Not from inside the call: a room that fails goes, and with it its caller.
    waiting_.push_front({std::move(done), uv_now(loop_)});
  } else {
    waiting_.push_back({std::move(done), uv_now(loop_) + static_cast<uint64_t>(options_.limits.worker_wait.count())});
  }
  ExpireWaiting();
}

void WorkerPool::CreateRouter(Slot& slot, controller::Callback<Room> done) {
  ++slot.load;
  auto finish = [this, index = slot.index, server = slot.webrtc_server,
                 done = std::move(done)](absl::StatusOr<std::shared_ptr<controller::Router>> router) mutable {
    if (router.ok()) {
      CreateObserver({index, *std::move(router), std::move(server), nullptr}, std::move(done));
    } else {
      OnNoRoom(index, router.status(), std::move(done));
    }
  };
  slot.worker->CreateRouter({.media_codecs = options_.media_codecs, .dependency_descriptors = true}, std::move(finish));
}

void WorkerPool::CreateObserver(Room room, controller::Callback<Room> done) {
  controller::Router& router = *room.router;
  auto finish = [this, room = std::move(room), done = std::move(done)](
                    absl::StatusOr<std::shared_ptr<controller::ActiveSpeakerObserver>> observer) mutable {
    if (observer.ok()) {
      room.speakers = *std::move(observer);
      done(std::move(room));
    } else {
      room.router->Close();
      OnNoRoom(room.worker, observer.status(), std::move(done));
    }
  };
  router.CreateActiveSpeakerObserver({}, std::move(finish));
}

void WorkerPool::OnNoRoom(size_t worker, const absl::Status& status, controller::Callback<Room> done) {
  AddLoad(worker, -1);
  // A worker that died under the request: another one may be there, and if not, one will be soon.
  if (absl::IsUnavailable(status) && !closing_) {
    OpenRoom(std::move(done));
  } else {
    done(status);
  }
}

void WorkerPool::CloseRoom(Room& room) {
  AddLoad(room.worker, -1);
  room.router->Close();
  room = {};
}

void WorkerPool::ServeWaiting() {
  for (std::list<Waiting> waiting = std::exchange(waiting_, {}); Waiting & one : waiting) {
    OpenRoom(std::move(one.done));
  }
}

void WorkerPool::ExpireWaiting() {
  auto expire = [](uv_timer_t* timer) {
    auto& pool = *static_cast<WorkerPool*>(timer->data);
    while (!pool.waiting_.empty() && (pool.closing_ || pool.waiting_.front().until_ms <= uv_now(pool.loop_))) {
      controller::Callback<Room> done = std::move(pool.waiting_.front().done);
      pool.waiting_.pop_front();
      done(absl::UnavailableError("no media worker is running at the moment, please try again"));
    }
    if (!pool.waiting_.empty()) pool.ExpireWaiting();
  };
  const uint64_t now = uv_now(loop_);
  const uint64_t until = waiting_.front().until_ms;
  uv_timer_start(&expiry_, expire, until > now ? until - now : 0, 0);
}

void WorkerPool::Close() {
  if (closing_) return;
  closing_ = true;
  started_ = nullptr;
  for (Slot& slot : slots_) {
    slot.webrtc_server = nullptr;
    if (slot.worker != nullptr) slot.worker->Close();
    uv_close(reinterpret_cast<uv_handle_t*>(&slot.respawn), nullptr);
  }
  waiting_.clear();
  uv_close(reinterpret_cast<uv_handle_t*>(&expiry_), nullptr);
}

}  // namespace sluice::conference
