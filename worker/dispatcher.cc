#include "worker/dispatcher.h"

#include "rtc/ice/ice_lite_agent.h"
#include "rtc/stun/message.h"

namespace sluice {

bool Dispatcher::AddUfrag(SocketId listener, std::string_view ufrag, Transport& transport) {
  return ufrags_.try_emplace(Name{listener, std::string(ufrag)}, &transport).second;
}

void Dispatcher::RemoveUfrag(SocketId listener, std::string_view ufrag) { ufrags_.erase(NameView(listener, ufrag)); }

void Dispatcher::Apply(const PathChange& change) {
  if (change.added) {
    paths_[change.path] = change.transport;
    return;
  }
  // The transport may be gone: its address is compared, never followed.
  const auto it = paths_.find(change.path);
  if (it != paths_.end() && it->second == change.transport) paths_.erase(it);
}

void Dispatcher::Remove(const Transport& transport) {
  auto is_its = [&transport](const auto& entry) { return entry.second == &transport; };
  absl::erase_if(owners_, is_its);
  absl::erase_if(ufrags_, is_its);
  absl::erase_if(paths_, is_its);
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
