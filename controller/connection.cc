#include "controller/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice::controller {
namespace {

// The classes of errors that a worker names.
absl::Status ErrorOf(const fbs::response::Response& response, fbs::request::Method method) {
  const std::string error = response.error() ? response.error()->str() : "Error";
  std::string reason = response.reason() ? response.reason()->str() : "";
  if (reason.empty()) reason = "the worker gave no reason";
  reason = fmt::format("{} [{}]", reason, fbs::request::EnumNameMethod(method));
  if (error == "TypeError") return absl::InvalidArgumentError(reason);
  if (error == "NotFoundError") return absl::NotFoundError(reason);
  if (error == "UnsupportedError") return absl::UnimplementedError(reason);
  if (error == "InvalidStateError") return absl::FailedPreconditionError(reason);
  return absl::InternalError(reason);
}

}  // namespace

// Outlives the connection by the turn in which libuv closes the handles.
struct Connection::Timers {
  uv_timer_t deadline;
  uv_timer_t deferred;
  int open = 2;

  void Close() {
    for (uv_timer_t* timer : {&deadline, &deferred}) {
      timer->data = this;
      uv_close(reinterpret_cast<uv_handle_t*>(timer), [](uv_handle_t* handle) {
        auto* timers = static_cast<Timers*>(handle->data);
        if (--timers->open == 0) delete timers;
      });
    }
  }
};

Connection::Connection(uv_loop_t* loop, std::chrono::milliseconds request_timeout, Callbacks callbacks)
    : loop_(loop),
      request_timeout_(static_cast<uint64_t>(request_timeout.count())),
      callbacks_(std::move(callbacks)),
      channel_(loop, /*pause_when_full=*/false,
               {.on_message = [this](const fbs::message::Message& m, bool good) { OnMessage(m, good); },
                .on_unreadable = [this](std::string_view) { ++ignored_; },
                .on_end =
                    [this](std::string_view why) {
                      if (callbacks_.on_end) callbacks_.on_end(why);
                    }}),
      timers_(new Timers) {
  uv_timer_init(loop, &timers_->deadline);
  uv_timer_init(loop, &timers_->deferred);
  timers_->deadline.data = timers_->deferred.data = this;
}

Connection::~Connection() { timers_->Close(); }

uint32_t Connection::NextId() {
  do {
    if (++last_id_ == 0) last_id_ = 1;
  } while (pending_.contains(last_id_));
  return last_id_;
}

void Connection::Request(fbs::request::Method method, const std::string& handler_id,
                         const fbs::request::BodyUnion& body, ResponseCallback done) {
  Request(
      method, handler_id, body.type, [&body](flatbuffers::FlatBufferBuilder& b) { return body.Pack(b); },
      std::move(done));
}

void Connection::Request(fbs::request::Method method, const std::string& handler_id, fbs::request::Body type,
                         WriteBody write, ResponseCallback done) {
  if (closed()) {
    if (done) Defer([done = std::move(done), why = why_closed_]() mutable { done(why); });
    return;
  }
  const uint32_t id = NextId();
  const flatbuffers::Offset<void> body = write(builder_);
  flatbuffers::Offset<flatbuffers::String> handler;
  if (!handler_id.empty()) handler = builder_.CreateString(handler_id);
  const auto request = fbs::request::CreateRequest(builder_, id, method, handler, type, body);
  const auto message = fbs::message::CreateMessage(builder_, fbs::message::Body::Request, request.Union());
  const Channel::SendResult result = channel_.Send(builder_, message);
  if (result == Channel::SendResult::kTooLarge) {
    absl::Status status = absl::InvalidArgumentError(
        fmt::format("the request is too large for the pipe [{}]", fbs::request::EnumNameMethod(method)));
    if (done) Defer([done = std::move(done), status]() mutable { done(status); });
    return;
  }
  // On a broken pipe it waits as well: the end of the process, which follows, says why.
  pending_.emplace(id, Pending{method, std::move(done)});
  deadlines_.push_back({uv_now(loop_) + request_timeout_, id});
  if (deadlines_.size() == 1) ArmDeadline();
}

absl::Status Connection::Notify(fbs::notification::Event event, const std::string& handler_id,
                                fbs::notification::BodyUnion body, Channel::Importance importance) {
  if (closed()) return why_closed_;
  fbs::notification::NotificationT notification;
  notification.event = event;
  notification.handler_id = handler_id;
  notification.body = std::move(body);
  fbs::message::MessageT message;
  message.data.Set(std::move(notification));
  switch (channel_.Send(builder_, fbs::message::Message::Pack(builder_, &message), importance)) {
    case Channel::SendResult::kSent:
      return absl::OkStatus();
    case Channel::SendResult::kDropped:
      return absl::ResourceExhaustedError("the worker does not read as fast as is sent");
    case Channel::SendResult::kTooLarge:
      return absl::InvalidArgumentError("data: is too large for the pipe");
    case Channel::SendResult::kClosed:
      break;
  }
  return absl::UnavailableError("the pipe to the worker is broken");
}

void Connection::AddObject(Object* object) { objects_[object->id()] = object; }

void Connection::RemoveObject(const Object* object) {
  auto it = objects_.find(object->id());
  if (it != objects_.end() && it->second == object) objects_.erase(it);
}

void Connection::Defer(absl::AnyInvocable<void()> function) {
  deferred_.push_back(std::move(function));
  if (deferred_.size() > 1) return;
  uv_timer_start(
      &timers_->deferred, [](uv_timer_t* timer) { static_cast<Connection*>(timer->data)->RunDeferred(); }, 0, 0);
}

void Connection::RunDeferred() {
  const auto self = shared_from_this();
  for (auto& function : std::exchange(deferred_, {})) function();
}

void Connection::Close(absl::Status why, Answer when) {
  if (closed()) return;
  const auto self = shared_from_this();
  why_closed_ = std::move(why);
  channel_.Close();
  uv_timer_stop(&timers_->deadline);
  deadlines_.clear();
  // In the order in which they were asked.
  std::vector<uint32_t> ids;
  for (const auto& [id, pending] : pending_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (uint32_t id : ids) {
    ResponseCallback done = Take(id);
    if (!done) continue;
    if (when == Answer::kNow) {
      done(why_closed_);
    } else {
      Defer([done = std::move(done), why = why_closed_]() mutable { done(why); });
    }
  }
}

ResponseCallback Connection::Take(uint32_t id) {
  auto it = pending_.find(id);
  if (it == pending_.end()) return nullptr;
  ResponseCallback done = std::move(it->second.done);
  pending_.erase(it);
  return done;
}

void Connection::OnMessage(const fbs::message::Message& message, bool body_good) {
  const auto self = shared_from_this();
  switch (message.data_type()) {
    case fbs::message::Body::Response:
      return OnResponse(*message.data_as_Response(), body_good);
    case fbs::message::Body::Notification:
      if (body_good) return OnNotification(*message.data_as_Notification());
      break;
    case fbs::message::Body::Log:
      if (body_good && callbacks_.on_log && message.data_as_Log()->data()) {
        return callbacks_.on_log(message.data_as_Log()->data()->string_view());
      }
      break;
    default:
      break;
  }
  ++ignored_;
}

void Connection::OnResponse(const fbs::response::Response& response, bool body_good) {
  auto it = pending_.find(response.id());
  if (it == pending_.end()) {
    ++ignored_;
    return;
  }
  const fbs::request::Method method = it->second.method;
  ResponseCallback done = Take(response.id());
  if (!done) return;
  if (!body_good) {
    return done(absl::InternalError(
        fmt::format("the worker's answer cannot be read [{}]", fbs::request::EnumNameMethod(method))));
  }
  if (!response.accepted()) return done(ErrorOf(response, method));
  done(&response);
}

void Connection::OnNotification(const fbs::notification::Notification& notification) {
  auto it = notification.handler_id() ? objects_.find(notification.handler_id()->str()) : objects_.end();
  if (it == objects_.end()) {
    ++ignored_;
    return;
  }
  const auto object = it->second->shared_from_this();
  object->OnNotification(notification);
}

void Connection::ArmDeadline() {
  while (!deadlines_.empty() && !pending_.contains(deadlines_.front().id)) deadlines_.pop_front();
  if (deadlines_.empty()) {
    uv_timer_stop(&timers_->deadline);
    return;
  }
  const uint64_t now = uv_now(loop_);
  const uint64_t time = deadlines_.front().time;
  uv_timer_start(
      &timers_->deadline, [](uv_timer_t* timer) { static_cast<Connection*>(timer->data)->OnDeadline(); },
      time > now ? time - now : 0, 0);
}

void Connection::OnDeadline() {
  const auto self = shared_from_this();
  const uint64_t now = uv_now(loop_);
  while (!deadlines_.empty() && deadlines_.front().time <= now) {
    const uint32_t id = deadlines_.front().id;
    deadlines_.pop_front();
    auto it = pending_.find(id);
    if (it == pending_.end()) continue;
    const fbs::request::Method method = it->second.method;
    if (ResponseCallback done = Take(id)) {
      done(absl::DeadlineExceededError(fmt::format("the worker did not answer within {} ms [{}]", request_timeout_,
                                                   fbs::request::EnumNameMethod(method))));
    }
  }
  if (!closed()) ArmDeadline();
}

}  // namespace sluice::controller
