// What one WebSocket connection does in the conference: reads the page's messages, answers or hands them on, and gives
// up its seat when it ends. Holds the connection to its rate and to joining in time. Reads no clock.
#pragma once

#include <chrono>
#include <string_view>

#include "conference/conference.h"
#include "conference/rate_limiter.h"

namespace sluice::conference {

class Session {
 public:
  using Time = std::chrono::milliseconds;  // of any monotonic clock

  // `link` outlives the session, which outlives neither the conference.
  Session(Conference& conference, Link& link, const Limits& limits, Time now);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // One message, of at most Limits::message_bytes.
  void Receive(std::string_view text, Time now);
  // To be called about once a second.
  void Tick(Time now);

 private:
  void Handle(uint32_t id, JoinRequest& request);
  void Handle(uint32_t id, const PingRequest& request);
  template <class PeerRequest>
  void Handle(uint32_t id, const PeerRequest& request);

  Conference& conference_;
  Link& link_;
  const Time join_before_;
  RateLimiter rate_;
  Conference::Seat seat_;
  bool closing_ = false;
};

}  // namespace sluice::conference
