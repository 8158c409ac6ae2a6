#include "conference/room.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "controller/json.h"

namespace sluice::conference {
namespace {

using nlohmann::json;

constexpr Source kAllSources[kSources] = {Source::kMicrophone, Source::kCamera, Source::kScreen};

}  // namespace

Room::~Room() { Clear(); }

void Room::Clear() {
  for (Entry& entry : std::exchange(entries_, {})) {
    if (entry.peer->entered()) pool_.AddLoad(media_.worker, -1);
    entry.peer->Leave();
  }
  if (!open()) return;
  media_.speakers->on = {};
  pool_.CloseRoom(media_);
}

Peer* Room::FindByName(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.peer->name() == name) return entry.peer.get();
  }
  return nullptr;
}

Peer* Room::FindByRejoinKey(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.peer->rejoin_key() == key) return entry.peer.get();
  }
  return nullptr;
}

std::shared_ptr<Peer> Room::Add(Link& link, uint32_t request_id, JoinRequest join) {
  Entry& entry = entries_.emplace_back(Entry{std::make_shared<Peer>(link, *this, std::move(join)), request_id});
  std::shared_ptr<Peer> peer = entry.peer;
  if (open()) Enter(entry);
  return peer;
}

void Room::Open(WorkerPool::Room media) {
  media_ = std::move(media);
  media_.speakers->on.dominant_speaker = [this](const auto& producer) { OnSpeaker(*producer); };
  spdlog::info("room {} is open on worker {}", name_, media_.worker);
  for (Entry& entry : entries_) Enter(entry);
}

void Room::Enter(Entry& entry) {
  Peer& peer = *entry.peer;
  json others = json::array();
  for (const Entry& other : entries_) {
    if (other.peer.get() != &peer && other.peer->entered()) others.push_back(other.peer->Describe());
  }
  SendToOthers(&peer, Event("peerJoined", peer.Describe()));
  peer.Enter(media_.router, media_.webrtc_server);
  pool_.AddLoad(media_.worker, 1);
  spdlog::info("room {}: {} joined, {} inside", name_, peer.name(), entries_.size());
  peer.link().Send(Answer(entry.request_id, {{"peerId", peer.id()},
                                             {"rejoinKey", peer.rejoin_key()},
                                             {"routerRtpCapabilities", ToJson(media_.router->rtp_capabilities())},
                                             {"peers", std::move(others)},
                                             {"activeSpeaker", speaker_.empty() ? json() : json(speaker_)}}));
}

void Room::Remove(Peer& peer) {
  auto found = std::ranges::find(entries_, &peer, [](const Entry& entry) { return entry.peer.get(); });
  if (found == entries_.end()) return;
  const std::shared_ptr<Peer> leaving = found->peer;
  entries_.erase(found);
  if (!peer.entered()) return;
  pool_.AddLoad(media_.worker, -1);
  for (const Source source : kAllSources) {
    const controller::Producer* producer = peer.producer(source);
    if (producer == nullptr) continue;
    for (Entry& other : entries_) other.peer->StopReceiving(producer->id());
  }
  peer.Leave();
  SendToOthers(&peer, Event("peerLeft", {{"peerId", peer.id()}}));
  if (speaker_ == peer.id()) SetSpeaker("");
  spdlog::info("room {}: {} left, {} inside", name_, peer.name(), entries_.size());
}

void Room::Refuse(const Error& error) {
  for (Entry& entry : entries_) entry.peer->link().Send(ErrorAnswer(entry.request_id, error));
  Clear();
}

void Room::EndWithWorker(const std::string& message) {
  for (Entry& entry : entries_) {
    entry.peer->link().Send(Event("workerDied", {{"message", message}}));
    entry.peer->link().Close(CloseCode::kWorkerDied, "the media worker died");
  }
  Clear();
}

void Room::SendToOthers(const Peer* peer, const json& message) {
  for (Entry& entry : entries_) {
    if (entry.peer.get() != peer && entry.peer->entered()) entry.peer->link().Send(message);
  }
}

void Room::OnReadyToReceive(Peer& peer) {
  for (const Entry& entry : entries_) {
    if (entry.peer.get() == &peer) continue;
    for (const Source source : kAllSources) peer.Receive(*entry.peer, source);
  }
}

void Room::OnProducerAdded(Peer& peer, Source source) {
  if (source == Source::kMicrophone) {
    media_.speakers->AddProducer(peer.producer(source)->id(), [](const absl::Status& status) {
      // Closed meanwhile, or the worker is: whoever speaks then is no longer of interest.
      if (!status.ok()) spdlog::info("a microphone is not listened to: {}", std::string(status.message()));
    });
  }
  json description = Peer::Describe(source, *peer.producer(source));
  description["peerId"] = peer.id();
  SendToOthers(&peer, Event("newProducer", std::move(description)));
  for (Entry& entry : entries_) {
    if (entry.peer.get() != &peer) entry.peer->Receive(peer, source);
  }
}

void Room::OnProducerChanged(Peer& peer, Source source) {
  const controller::Producer& producer = *peer.producer(source);
  SendToOthers(&peer, Event(producer.paused() ? "producerPaused" : "producerResumed",
                            {{"peerId", peer.id()}, {"producerId", producer.id()}}));
}

void Room::OnProducerRemoved(Peer& peer, Source, const std::string& producer_id) {
  for (Entry& entry : entries_) entry.peer->StopReceiving(producer_id);
  SendToOthers(&peer, Event("producerClosed", {{"peerId", peer.id()}, {"producerId", producer_id}}));
}

void Room::OnSpeaker(const controller::Producer& producer) {
  for (const Entry& entry : entries_) {
    if (entry.peer->FindProducer(producer.id())) {
      SetSpeaker(entry.peer->id());
      return;
    }
  }
}

void Room::SetSpeaker(const std::string& peer_id) {
  if (peer_id == speaker_) return;
  speaker_ = peer_id;
  SendToOthers(nullptr, Event("activeSpeaker", {{"peerId", peer_id.empty() ? json() : json(peer_id)}}));
}

}  // namespace sluice::conference
