#include "worker/dispatcher.h"

#include <utility>

#include "rtc/ice/ice_lite_agent.h"
#include "rtc/stun/message.h"

namespace sluice {

void Dispatcher::SetOwner(SocketId listener, Transport& transport) {
  owners_[listener] = &transport;
  keys_[&transport].sockets.push_back(listener);
}

bool Dispatcher::AddUfrag(SocketId listener, std::string_view ufrag, Transport& transport) {
  Name name{listener, std::string(ufrag)};
  if (!ufrags_.try_emplace(name, &transport).second) return false;
  keys_[&transport].names.push_back(std::move(name));
  return true;
}

void Dispatcher::RemoveUfrag(SocketId listener, std::string_view ufrag) {
  const auto it = ufrags_.find(NameView(listener, ufrag));
  if (it == ufrags_.end()) return;
  std::erase_if(keys_[it->second].names, [&](const Name& n) { return NameView(n) == NameView(listener, ufrag); });
  ufrags_.erase(it);
}

void Dispatcher::Apply(const PathChange& change) {
  // The transport may be gone when a path is taken away: its address is compared, never followed.
  const auto keys = change.added ? keys_.try_emplace(change.transport).first : keys_.find(change.transport);
  if (keys != keys_.end()) {
    std::erase(keys->second.paths, change.path);
    if (change.added) keys->second.paths.push_back(change.path);
  }
  if (change.added) {
    paths_[change.path] = change.transport;
    return;
  }
  const auto it = paths_.find(change.path);
  if (it != paths_.end() && it->second == change.transport) paths_.erase(it);
}

void Dispatcher::Remove(const Transport& transport) {
  const auto keys = keys_.find(&transport);
  if (keys == keys_.end()) return;
  auto forget = [&transport](auto& map, const auto& key) {
    const auto it = map.find(key);
    if (it != map.end() && it->second == &transport) map.erase(it);
  };
  for (SocketId socket : keys->second.sockets) forget(owners_, socket);
  for (const Name& name : keys->second.names) forget(ufrags_, name);
  for (const Path& path : keys->second.paths) forget(paths_, path);
  keys_.erase(keys);
}

Transport* Dispatcher::FindPath(const Path& path) const {
  const auto it = paths_.find(path);
  return it == paths_.end() ? nullptr : it->second;
}

Transport* Dispatcher::Find(SocketId listener, const Path& path, std::span<const uint8_t> datagram) const {
  if (datagram.empty()) return nullptr;
  if (const auto owner = owners_.find(listener); owner != owners_.end()) return owner->second;
  // RFC 7983: STUN begins with 0 to 3. An answer, or a message without a name, is for whoever has the path.
  if (datagram[0] <= 3) {
    const auto message = stun::Message::Parse(datagram);
    if (!message) return nullptr;
    if (message->cls() == stun::Class::kRequest) {
      const auto name = ufrags_.find(NameView(listener, IceLiteAgent::LocalUfrag(*message)));
      return name == ufrags_.end() ? nullptr : name->second;
    }
  }
  return FindPath(path);
}

}  // namespace sluice
