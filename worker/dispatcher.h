// Finds the transport a datagram is for. Rules, first match wins:
//   1. the socket belongs to one transport alone (plain transports): that one;
//   2. a STUN request: by the local half of its user name, among the names registered for the socket;
//   3. the path was reported by a transport as its own (PathChange): that transport.
// Everything else is for nobody; nothing is allocated for it. Bounds: each transport has a bounded number of paths.
// Memory only; also serves the simulator.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/net/path.h"
#include "rtc/transport/outbox.h"

namespace sluice {

class Dispatcher {
 public:
  void SetOwner(SocketId listener, Transport& transport) { owners_[listener] = &transport; }
  // False when the name is taken on that socket.
  bool AddUfrag(SocketId listener, std::string_view ufrag, Transport& transport);
  void RemoveUfrag(SocketId listener, std::string_view ufrag);
  void Apply(const PathChange& change);
  // Forgets everything of it.
  void Remove(const Transport& transport);

  Transport* Find(SocketId listener, const Path& path, std::span<const uint8_t> datagram) const;
  Transport* FindPath(const Path& path) const;

 private:
  struct Name {
    SocketId listener;
    std::string ufrag;
    bool operator==(const Name&) const = default;
    template <class H>
    friend H AbslHashValue(H h, const Name& n) {
      return H::combine(std::move(h), n.listener, n.ufrag);
    }
  };

  absl::flat_hash_map<SocketId, Transport*> owners_;
  absl::flat_hash_map<Name, Transport*> ufrags_;
  absl::flat_hash_map<Path, Transport*> paths_;
};

}  // namespace sluice
