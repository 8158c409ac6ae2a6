#include "conference/session.h"

#include <utility>
#include <variant>

namespace sluice::conference {

Session::Session(Conference& conference, Link& link, const Limits& limits, Time now)
    : conference_(conference),
      link_(link),
      join_before_(now + limits.join_timeout),
      rate_(limits.messages_per_second, limits.message_burst, now) {}

Session::~Session() { conference_.Leave(seat_); }

void Session::Receive(std::string_view text, Time now) {
  if (closing_) return;
  if (!rate_.Take(now)) {
    closing_ = true;
    link_.Close(CloseCode::kTooFast, "too many messages");
    return;
  }
  auto parsed = ParseRequest(text);
  if (const auto* rejected = std::get_if<Rejected>(&parsed)) {
    link_.Send(ErrorAnswer(rejected->id, rejected->error));
    return;
  }
  auto& request = std::get<Request>(parsed);
  std::visit([&](auto& body) { Handle(request.id, body); }, request.body);
}

void Session::Tick(Time now) {
  if (closing_ || now < join_before_ || !seat_.peer.expired()) return;
  closing_ = true;
  link_.Close(CloseCode::kJoinTimeout, "no join in time");
}

void Session::Handle(uint32_t id, JoinRequest& request) {
  if (!seat_.peer.expired()) {
    link_.Send(ErrorAnswer(id, {ErrorCode::kAlreadyJoined, "", "this connection has joined already"}));
    return;
  }
  auto result = conference_.Join(link_, id, std::move(request));
  if (const auto* error = std::get_if<Error>(&result)) {
    link_.Send(ErrorAnswer(id, *error));
  } else {
    seat_ = std::get<Conference::Seat>(std::move(result));
  }
}

void Session::Handle(uint32_t id, const PingRequest&) { link_.Send(Answer(id)); }

template <class PeerRequest>
void Session::Handle(uint32_t id, const PeerRequest& request) {
  const std::shared_ptr<Peer> peer = seat_.peer.lock();
  if (peer == nullptr || !peer->entered()) {
    link_.Send(ErrorAnswer(id, {ErrorCode::kNotJoined, "", "join a room first"}));
  } else {
    peer->Handle(id, request);
  }
}

}  // namespace sluice::conference
