#include "conference/conference.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace sluice::conference {

Conference::Conference(WorkerPool& pool, const Limits& limits) : pool_(pool), limits_(limits) {
  pool_.on_died = [this](size_t worker, const std::string&) { OnWorkerDied(worker); };
}

Conference::~Conference() { pool_.on_died = nullptr; }

std::variant<Conference::Seat, Error> Conference::Join(Link& link, uint32_t request_id, JoinRequest join) {
  if (auto existing = rooms_.find(join.room); existing != rooms_.end()) {
    Room& room = *existing->second;
    if (Peer* earlier = join.rejoin_key.empty() ? nullptr : room.FindByRejoinKey(join.rejoin_key)) {
      earlier->link().Close(CloseCode::kReplaced, "joined again on another connection");
      room.Remove(*earlier);
    }
    if (room.FindByName(join.name) != nullptr) {
      return Error{ErrorCode::kNameTaken, "name", "Somebody in this room has this name already."};
    }
    if (room.size() >= limits_.peers_per_room) return Error{ErrorCode::kRoomFull, "", "This room is full."};
  } else if (rooms_.size() >= limits_.rooms) {
    return Error{ErrorCode::kServerFull, "", "This server has no place for another room at the moment."};
  }
  std::shared_ptr<Room>& room = rooms_[join.room];
  const bool is_new = room == nullptr;
  if (is_new) room = std::make_shared<Room>(join.room, pool_);
  Seat seat{.room = join.room, .peer = room->Add(link, request_id, std::move(join))};
  if (is_new) OpenRoom(room);
  return seat;
}

void Conference::OpenRoom(const std::shared_ptr<Room>& room) {
  pool_.OpenRoom([this, opening = std::weak_ptr<Room>(room)](absl::StatusOr<WorkerPool::Room> media) {
    const std::shared_ptr<Room> room = opening.lock();
    if (room == nullptr) {
      if (media.ok()) pool_.CloseRoom(*media);  // everybody left while it was being opened
    } else if (media.ok()) {
      room->Open(*std::move(media));
    } else {
      rooms_.erase(room->name());
      room->Refuse(ErrorFrom(media.status()));
    }
  });
}

void Conference::Leave(const Seat& seat) {
  const std::shared_ptr<Peer> peer = seat.peer.lock();
  auto room = rooms_.find(seat.room);
  if (peer == nullptr || room == rooms_.end()) return;
  room->second->Remove(*peer);
  RemoveIfEmpty(seat.room);
}

void Conference::RemoveIfEmpty(const std::string& name) {
  auto room = rooms_.find(name);
  if (room == rooms_.end() || !room->second->empty()) return;
  spdlog::info("room {} is empty and closed", name);
  rooms_.erase(room);
}

size_t Conference::peers() const {
  size_t count = 0;
  for (const auto& [name, room] : rooms_) count += room->size();
  return count;
}

void Conference::OnWorkerDied(size_t worker) {
  for (auto it = rooms_.begin(); it != rooms_.end();) {
    const std::shared_ptr<Room> room = it->second;
    if (!room->open() || room->worker() != worker) {
      ++it;
      continue;
    }
    it = rooms_.erase(it);
    room->EndWithWorker("The media server of this room was lost and is being started again.");
  }
}

}  // namespace sluice::conference
