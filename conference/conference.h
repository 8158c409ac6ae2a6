// All rooms of one server: who may join, which room that is, and what becomes of rooms when they are empty or their
// worker dies. Rooms come into being when somebody joins and go when the last one has left.
//
// Lives on the loop's thread. Bound: Limits::rooms.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "conference/room.h"

namespace sluice::conference {

class Conference {
 public:
  // Where in the conference a connection is.
  struct Seat {
    std::string room;
    std::weak_ptr<Peer> peer;  // gone once it left, was replaced, or the room ended
  };

  Conference(WorkerPool& pool, const Limits& limits);
  ~Conference();
  Conference(const Conference&) = delete;
  Conference& operator=(const Conference&) = delete;

  // Takes a seat; the request is answered through `link` when the room is open, which may be at once or never (then
  // with an error, and the seat is gone). `link` must stay until the seat is left.
  std::variant<Seat, Error> Join(Link& link, uint32_t request_id, JoinRequest join);
  void Leave(const Seat& seat);

  size_t rooms() const { return rooms_.size(); }
  size_t peers() const;

 private:
  void OpenRoom(const std::shared_ptr<Room>& room);
  void RemoveIfEmpty(const std::string& room);
  void OnWorkerDied(size_t worker);

  WorkerPool& pool_;
  const Limits limits_;
  std::map<std::string, std::shared_ptr<Room>, std::less<>> rooms_;  // shared only with requests for their routers
};

}  // namespace sluice::conference
