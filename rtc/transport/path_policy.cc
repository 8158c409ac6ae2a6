#include "rtc/transport/path_policy.h"

namespace sluice {

void TuplePolicy::SetRemote(const SocketAddress& rtp, const std::optional<SocketAddress>& rtcp) {
  rtp_.remote = rtp;
  if (rtcp_ && rtcp) rtcp_->remote = *rtcp;
}

const Path* TuplePolicy::LocalOf(const Path& path) const {
  if (path.socket == rtp_.socket) return &rtp_;
  return rtcp_ && path.socket == rtcp_->socket ? &*rtcp_ : nullptr;
}

bool TuplePolicy::Accepts(const Path& path) const {
  const Path* local = LocalOf(path);
  if (!local) return false;
  return local->remote.is_set() ? local->remote == path.remote : comedia_;
}

bool TuplePolicy::Learn(const Path& path) {
  Path* local = const_cast<Path*>(LocalOf(path));
  if (!comedia_ || !local || local->remote.is_set()) return false;
  local->remote = path.remote;
  return true;
}

const Path* PathPolicy::rtp() const {
  if (const auto* agent = ice()) return agent->selected_path();
  return tuple() && tuple()->rtp().remote.is_set() ? &tuple()->rtp() : nullptr;
}

const Path* PathPolicy::rtcp() const {
  if (!tuple() || tuple()->rtcp_mux()) return rtp();
  return tuple()->rtcp()->remote.is_set() ? &*tuple()->rtcp() : nullptr;
}

}  // namespace sluice
