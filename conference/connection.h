// One WebSocket of the server: puts frames together to messages for its session, holds what waits to be sent, and pings
// a page that has gone quiet. Belongs to libwebsockets' callbacks; made and deleted by WebServer.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "conference/link.h"
#include "conference/session.h"

struct lws;

namespace sluice::conference {

class Connection final : public Link {
 public:
  Connection(lws* socket, Conference& conference, const Limits& limits, Session::Time now);

  void Send(const nlohmann::json& message) override;
  void Close(CloseCode code, std::string_view reason) override;

  // From libwebsockets. OnWritable: false to drop the socket.
  void OnReceive(std::string_view bytes, Session::Time now);
  bool OnWritable();
  void OnPong() { heard_ = true; }
  bool close_sent() const { return close_sent_; }

  // About once a second. False when the page is gone: the session has ended, and the socket is to be dropped.
  bool Tick(Session::Time now);

  lws* socket() { return socket_; }

 private:
  bool IsGone(Session::Time now);
  bool WriteNext();
  bool WriteClose();

  lws* socket_;
  const Limits& limits_;
  std::string incoming_;              // of a message whose last frame has not come
  std::deque<std::string> outgoing_;  // each behind LWS_PRE bytes of room
  size_t outgoing_bytes_ = 0;
  bool closing_ = false;
  bool close_sent_ = false;
  int closing_ticks_ = 0;
  CloseCode close_code_ = CloseCode::kGoingAway;
  std::string close_reason_;
  bool heard_ = true;  // since the last ping
  bool ping_due_ = false;
  int missed_pings_ = 0;
  Session::Time ping_at_;
  std::optional<Session> session_;  // last: it may send while it goes
};

}  // namespace sluice::conference
