#include "conference/connection.h"

#include <libwebsockets.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace sluice::conference {
namespace {

// How many ticks a socket may take to send what is queued, and the page to close it then.
constexpr int kCloseTicks = 3;
// What libwebsockets calls LWS_WRITE_CLOSE in its own sources.
constexpr auto kWriteClose = static_cast<lws_write_protocol>(4);

}  // namespace

Connection::Connection(lws* socket, Conference& conference, const Limits& limits, Session::Time now)
    : socket_(socket),
      limits_(limits),
      ping_at_(now + limits.ping_interval),
      session_(std::in_place, conference, *this, limits, now) {}

void Connection::Send(const nlohmann::json& message) {
  if (closing_) return;
  const std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (outgoing_.size() >= limits_.send_queue_messages || outgoing_bytes_ + text.size() > limits_.send_queue_bytes) {
    outgoing_.clear();
    outgoing_bytes_ = 0;
    Close(CloseCode::kNotReading, "messages are not read");
    return;
  }
  std::string& queued = outgoing_.emplace_back();
  queued.reserve(LWS_PRE + text.size());
  queued.append(LWS_PRE, '\0').append(text);
  outgoing_bytes_ += text.size();
  lws_callback_on_writable(socket_);
}

void Connection::Close(CloseCode code, std::string_view reason) {
  if (closing_) return;
  closing_ = true;
  close_code_ = code;
  close_reason_ = reason;
  incoming_ = {};
  lws_callback_on_writable(socket_);
}

void Connection::OnReceive(std::string_view bytes, Session::Time now) {
  heard_ = true;
  if (closing_) return;
  if (lws_frame_is_binary(socket_) != 0) {
    Close(CloseCode::kUnsupportedData, "messages are text");
    return;
  }
  if (incoming_.size() + bytes.size() > limits_.message_bytes) {
    Close(CloseCode::kMessageTooBig, "the message is too big");
    return;
  }
  incoming_.append(bytes);
  if (lws_is_final_fragment(socket_) == 0 || lws_remaining_packet_payload(socket_) != 0) return;
  session_->Receive(std::exchange(incoming_, {}), now);
}

bool Connection::OnWritable() {
  if (ping_due_) {
    ping_due_ = false;
    // Not empty: libwebsockets does not tell of empty answers.
    unsigned char buffer[LWS_PRE + 1] = {};
    if (lws_write(socket_, buffer + LWS_PRE, 1, LWS_WRITE_PING) < 0) return false;
    lws_callback_on_writable(socket_);
    return true;
  }
  if (!outgoing_.empty()) return WriteNext();
  return !closing_ || close_sent_ || WriteClose();
}

// The frame is written here, not by libwebsockets' own closing: Debian's build of it closes twice when libuv is in use,
// and the second time forgets the frame.
bool Connection::WriteClose() {
  close_sent_ = true;
  std::string frame(LWS_PRE, '\0');
  const auto code = static_cast<uint16_t>(close_code_);
  frame += static_cast<char>(code >> 8);
  frame += static_cast<char>(code & 0xff);
  frame += close_reason_;
  auto* bytes = reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE;
  return lws_write(socket_, bytes, frame.size() - LWS_PRE, kWriteClose) >= 0;
}

// One message for each time that the socket takes something.
bool Connection::WriteNext() {
  std::string message = std::move(outgoing_.front());
  outgoing_.pop_front();
  const size_t size = message.size() - LWS_PRE;
  outgoing_bytes_ -= size;
  const int written =
      lws_write(socket_, reinterpret_cast<unsigned char*>(message.data()) + LWS_PRE, size, LWS_WRITE_TEXT);
  if (written < 0) return false;
  if (!outgoing_.empty() || closing_) lws_callback_on_writable(socket_);
  return true;
}

bool Connection::Tick(Session::Time now) {
  if (!closing_) session_->Tick(now);
  if (!IsGone(now)) return true;
  closing_ = true;
  session_.reset();
  return false;
}

bool Connection::IsGone(Session::Time now) {
  if (closing_) return ++closing_ticks_ > kCloseTicks;
  if (now < ping_at_) return false;
  ping_at_ = now + limits_.ping_interval;
  missed_pings_ = heard_ ? 0 : missed_pings_ + 1;
  if (missed_pings_ >= limits_.missed_pings) {
    spdlog::info("a connection went silent and is given up");
    return true;
  }
  heard_ = false;
  ping_due_ = true;
  lws_callback_on_writable(socket_);
  return false;
}

}  // namespace sluice::conference
