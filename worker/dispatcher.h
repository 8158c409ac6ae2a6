// Finds the transport a datagram is for. Rules, first match wins:
//   1. the socket belongs to one transport alone (plain transports): that one;
//   2. a STUN request: by the local half of its user name, among the names registered for the socket;
//   3. the path was reported by a transport as its own (PathChange): that transport.
// Everything else is for nobody; nothing is allocated for it. Bounds: each transport has a bounded number of paths.
// Memory only; also serves the simulator.
#pragma once

#include <functional>
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
  void SetOwner(SocketId listener, Transport& transport);
  // False when the name is taken on that socket.
  bool AddUfrag(SocketId listener, std::string_view ufrag, Transport& transport);
  void RemoveUfrag(SocketId listener, std::string_view ufrag);
  void Apply(const PathChange& change);
  // Forgets everything of it, in a time that does not depend on how many others there are.
  void Remove(const Transport& transport);

  Transport* Find(SocketId listener, const Path& path, std::span<const uint8_t> datagram) const;
  Transport* FindPath(const Path& path) const;

 private:
  struct Name {
    SocketId listener;
    std::string ufrag;
  };
  struct NameView {
    NameView(SocketId l, std::string_view u) : listener(l), ufrag(u) {}
    NameView(const Name& n) : listener(n.listener), ufrag(n.ufrag) {}  // NOLINT: what the map compares by
    SocketId listener;
    std::string_view ufrag;
    bool operator==(const NameView&) const = default;
  };
  // Looked up by view: a stranger's check allocates nothing.
  struct HashName {
    using is_transparent = void;
    size_t operator()(const NameView& n) const {
      return std::hash<std::string_view>()(n.ufrag) ^ static_cast<size_t>(n.listener) * 0x9E3779B97F4A7C15u;
    }
  };
  struct SameName {
    using is_transparent = void;
    bool operator()(const NameView& a, const NameView& b) const { return a == b; }
  };

  // Under which keys a transport may be in the maps below; another may have taken one since.
  struct Keys {
    std::vector<SocketId> sockets;
    std::vector<Name> names;
    std::vector<Path> paths;
  };
  absl::flat_hash_map<const Transport*, Keys> keys_;
  absl::flat_hash_map<SocketId, Transport*> owners_;
  absl::flat_hash_map<Name, Transport*, HashName, SameName> ufrags_;
  absl::flat_hash_map<Path, Transport*> paths_;
};

}  // namespace sluice
