// What requests can be addressed to, by the ids that the controller gave. The media core's objects are owned by their
// routers; here is what the worker keeps beside them: sockets, candidates, names.
//
// An id is unique in the worker. Whoever removes an object removes its id in the same breath.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fbs/transport_generated.h"
#include "rtc/base/roster.h"
#include "rtc/observer/rtp_observer.h"
#include "rtc/router/router.h"
#include "worker/network.h"

namespace sluice {

struct RouterObject;
struct TransportObject;

// One address that was asked to be listened on, and the socket it became.
struct Listening {
  SocketId socket = 0;
  Protocol protocol = Protocol::kUdp;
  SocketAddress local;
  std::string announced;  // an address or a host name told to peers instead; empty: none
  bool expose_internal = false;

  std::string public_address() const { return announced.empty() ? local.IpString() : announced; }
};

struct WebRtcServerObject {
  std::string id;
  std::vector<Listening> listening;
  Roster<TransportObject, TransportObject*> transports;  // in order of creation
};

struct IceCandidate {
  uint32_t priority = 0;
  std::string address;
  Protocol protocol = Protocol::kUdp;
  uint16_t port = 0;
};

enum class TransportKind : uint8_t { kWebRtc, kPlain, kPipe, kDirect };

struct TransportObject {
  std::string id;
  TransportKind kind = TransportKind::kWebRtc;
  Transport* transport = nullptr;
  RouterObject* router = nullptr;
  WebRtcServerObject* server = nullptr;  // whose sockets it uses; else it has its own:
  std::vector<Listening> listening;
  std::vector<IceCandidate> candidates;
  std::vector<std::string> ufrags;  // by which it can be found: the newest last, at most two
  fbs::transport::OptionsT options;
  std::vector<fbs::transport::TraceEventType> trace_types;
  bool enable_rtx = false;  // pipe transports

  const std::vector<Listening>& sockets() const { return server ? server->listening : listening; }
};

struct ObserverObject {
  std::unique_ptr<RtpObserver> observer;
  RouterObject* router = nullptr;
  const std::string& id() const { return observer->id(); }
};

struct RouterObject {
  std::unique_ptr<Router> router;
  Roster<TransportObject, std::unique_ptr<TransportObject>> transports;  // in order of creation
  std::vector<std::unique_ptr<ObserverObject>> observers;                // likewise
  const std::string& id() const { return router->id(); }
};

class Objects {
 public:
  using Ref = std::variant<WebRtcServerObject*, RouterObject*, TransportObject*, Producer*, Consumer*, DataProducer*,
                           DataConsumer*, ObserverObject*>;

  bool Has(const std::string& id) const { return refs_.contains(id); }
  void Add(const std::string& id, Ref ref) { refs_[id] = {next_++, ref}; }
  void Remove(const std::string& id) { refs_.erase(id); }
  template <class T>
  T* Find(const std::string& id) const {
    const auto it = refs_.find(id);
    if (it == refs_.end()) return nullptr;
    T* const* found = std::get_if<T*>(&it->second.ref);
    return found ? *found : nullptr;
  }
  // In order of creation.
  std::vector<std::string> Ids() const {
    std::vector<std::pair<uint64_t, std::string>> all;
    for (const auto& [id, entry] : refs_) all.emplace_back(entry.number, id);
    std::sort(all.begin(), all.end());
    std::vector<std::string> ids;
    for (auto& [number, id] : all) ids.push_back(std::move(id));
    return ids;
  }

 private:
  struct Entry {
    uint64_t number;
    Ref ref;
  };
  absl::flat_hash_map<std::string, Entry> refs_;
  uint64_t next_ = 0;
};

}  // namespace sluice
