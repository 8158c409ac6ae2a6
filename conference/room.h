// One room: its participants, in the order in which they came, and its router on one worker. Tells each of them what
// the others do, and who of them speaks. It opens when the router is there; who joins before that waits inside, with the name taken.
//
// Owned by the conference, which removes it when the last participant has left. Bound: Limits::peers_per_room.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conference/peer.h"
#include "conference/worker_pool.h"

namespace sluice::conference {

class Room : public PeerObserver {
 public:
  Room(std::string name, WorkerPool& pool) : name_(std::move(name)), pool_(pool) {}
  ~Room() override;

  const std::string& name() const { return name_; }
  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  bool open() const { return media_.router != nullptr; }
  size_t worker() const { return media_.worker; }  // once open

  Peer* FindByName(std::string_view name) const;
  Peer* FindByRejoinKey(std::string_view key) const;

  // Its name must be free. Its request is answered when the room is open.
  std::shared_ptr<Peer> Add(Link& link, uint32_t request_id, JoinRequest join);
  void Open(WorkerPool::Room media);
  void Remove(Peer& peer);

  // The room could not be opened, or its worker died: everybody hears it and is out.
  void Refuse(const Error& error);
  void EndWithWorker(const std::string& message);

  void OnReadyToReceive(Peer& peer) override;
  void OnProducerAdded(Peer& peer, Source source) override;
  void OnProducerChanged(Peer& peer, Source source) override;
  void OnProducerRemoved(Peer& peer, Source source, const std::string& producer_id) override;

 private:
  struct Entry {
    std::shared_ptr<Peer> peer;
    uint32_t request_id;  // of its join
  };

  void Enter(Entry& entry);
  // `peer` may be null: then to all.
  void SendToOthers(const Peer* peer, const nlohmann::json& message);
  void OnSpeaker(const controller::Producer& producer);
  void SetSpeaker(const std::string& peer_id);
  void Clear();

  const std::string name_;
  WorkerPool& pool_;
  WorkerPool::Room media_;
  std::vector<Entry> entries_;
  std::string speaker_;  // the id of the peer who has the floor; "": nobody has
};

}  // namespace sluice::conference
