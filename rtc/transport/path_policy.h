// Which remote addresses a transport listens to and where it sends: by ICE, by a tuple that the controller gives or that
// is learnt from the peer's first good packet (comedia), or none (the controller is the peer).
#pragma once

#include <optional>
#include <span>
#include <variant>

#include "rtc/ice/ice_lite_agent.h"
#include "rtc/net/path.h"

namespace sluice {

// The peer's address outside ICE: one path for RTP and RTCP, or one for each.
class TuplePolicy {
 public:
  TuplePolicy(Path rtp, std::optional<Path> rtcp, bool comedia) : rtp_(rtp), rtcp_(rtcp), comedia_(comedia) {}

  bool comedia() const { return comedia_; }
  bool rtcp_mux() const { return !rtcp_.has_value(); }
  // Local sides; the remote is set once known.
  const Path& rtp() const { return rtp_; }
  const std::optional<Path>& rtcp() const { return rtcp_; }

  void SetRemote(const SocketAddress& rtp, const std::optional<SocketAddress>& rtcp);
  // The path is the peer's, or may become it (comedia, nothing learnt yet).
  bool Accepts(const Path& path) const;
  // After a packet from `path` proved good: true when the peer's address was learnt from it.
  bool Learn(const Path& path);
  bool IsRtcpOnly(const Path& path) const { return rtcp_ && path.socket == rtcp_->socket; }

 private:
  const Path* LocalOf(const Path& path) const;

  Path rtp_;
  std::optional<Path> rtcp_;
  bool comedia_;
};

// No path: packets come from the controller and go to it.
struct DirectPolicy {};

class PathPolicy {
 public:
  explicit PathPolicy(IceLiteAgent ice) : policy_(std::move(ice)) {}
  explicit PathPolicy(TuplePolicy tuple) : policy_(tuple) {}
  explicit PathPolicy(DirectPolicy direct) : policy_(direct) {}

  IceLiteAgent* ice() { return std::get_if<IceLiteAgent>(&policy_); }
  const IceLiteAgent* ice() const { return std::get_if<IceLiteAgent>(&policy_); }
  TuplePolicy* tuple() { return std::get_if<TuplePolicy>(&policy_); }
  const TuplePolicy* tuple() const { return std::get_if<TuplePolicy>(&policy_); }
  bool is_direct() const { return std::holds_alternative<DirectPolicy>(policy_); }

  // Everything but STUN is looked at only from such a path.
  bool Accepts(const Path& path) const {
    if (const auto* agent = ice()) return agent->IsValidPath(path);
    return tuple() && tuple()->Accepts(path);
  }
  // Where to send; null while that is not known, and always without a path.
  const Path* rtp() const;
  const Path* rtcp() const;

 private:
  std::variant<IceLiteAgent, TuplePolicy, DirectPolicy> policy_;
};

}  // namespace sluice
