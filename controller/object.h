// What all objects have in common: Router, WebRtcServer, Transport, Producer, Consumer, DataProducer, DataConsumer,
// RtpObserver.
//
// Lifetime. A parent owns its open children (Worker -> Router -> Transport -> Producer, Consumer, DataProducer,
// DataConsumer; Router -> RtpObserver; Worker -> WebRtcServer) and lets go of them when they close; callers share
// ownership, so a pointer that they kept stays good: a call on a closed object answers kFailedPrecondition. An object
// is closed by Close(), by its parent's closing, by the worker's death, or by what it depends on (a consumer's
// producer, a transport's WebRtcServer). Letting go of a pointer closes nothing. Everything happens on the loop's
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/status.h"

namespace sluice::fbs::notification {
struct Notification;
enum class Event : uint8_t;
struct BodyUnion;
}  // namespace sluice::fbs::notification
namespace sluice::fbs::request {
enum class Method : uint8_t;
struct BodyUnion;
}  // namespace sluice::fbs::request
namespace sluice::fbs::response {
struct Response;
}

namespace sluice::controller {

class Connection;  // the pipe to one worker process

// An accepted answer, good during the call, or why there is none.
using ResponseCallback = absl::AnyInvocable<void(absl::StatusOr<const fbs::response::Response*>)>;

enum class CloseReason : uint8_t {
  kClosed,              // Close() of the object itself
  kParentClosed,        // its transport, router or worker was closed
  kProducerClosed,      // consumers: the producer is gone; the same with data
  kListenServerClosed,  // transports: the WebRtcServer is gone
  kPipeClosed,          // Router::PipeToRouter: the other end is gone
  kWorkerDied,
};
std::string_view ToString(CloseReason reason);

class Object : public std::enable_shared_from_this<Object> {
 public:
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object();

  const std::string& id() const { return id_; }
  bool closed() const { return closed_; }

  // Closes it and its children, here at once and in the worker as soon as it reads the request. Does nothing on a
  // closed object. `on.closed` is called for the children, not for the object itself.
  virtual void Close() = 0;

 protected:
  Object(std::shared_ptr<Connection> connection, std::string id);

  friend class Connection;
  friend class PipePair;
  friend class Router;
  friend class Transport;
  friend class Worker;
  friend class WebRtcServer;
  virtual void OnNotification(const fbs::notification::Notification& notification) = 0;
  virtual void OnParentClosed(CloseReason reason) = 0;

  // Asks the worker for something of this object, or of `handler_id`; kFailedPrecondition when it is closed.
  void Call(fbs::request::Method method, fbs::request::BodyUnion body, ResponseCallback done);
  void Call(fbs::request::Method method, const std::string& handler_id, fbs::request::BodyUnion body,
            ResponseCallback done);
  // Tells the worker something that it does not answer. kFailedPrecondition when this is closed, kInvalidArgument when it
  // is too large for the pipe, kResourceExhausted (and it is not sent) while Channel::kMaxQueued bytes wait.
  absl::Status Notify(fbs::notification::Event event, fbs::notification::BodyUnion body);
  // Answers in the next turn of the loop.
  template <class Done>
  void Refuse(Done done, absl::Status status) {
    if (done) Defer([done = std::move(done), status = std::move(status)]() mutable { done(std::move(status)); });
  }
  void Defer(absl::AnyInvocable<void()> function);
  absl::Status ClosedError() const;

  // False if it was closed before; afterwards notifications no longer reach it.
  bool MarkClosed();
  // Closes children, those first that were made first: ids say nothing about it.
  template <class Child>
  static void CloseEach(const std::map<std::string, std::shared_ptr<Child>>& children, CloseReason reason) {
    std::vector<std::shared_ptr<Object>> list;
    for (const auto& [id, child] : children) list.push_back(child);
    CloseEach(std::move(list), reason);
  }
  static void CloseEach(std::vector<std::shared_ptr<Object>> children, CloseReason reason);
  // Once its children are closed, too.
  void RunWhenClosed();

  // Calls a handler that may replace itself or close the object. The caller keeps the object alive.
  template <class... Params, class... Args>
  void Emit(Handler<Params...>& handler, Args&&... args) {
    if (!handler) return;
    Handler<Params...> running = std::exchange(handler, nullptr);
    running(std::forward<Args>(args)...);
    if (!handler && !closed_) handler = std::move(running);
  }
  // Drops all handlers and calls the last one, unless it was the owner who closed it.
  template <class Events>
  static void EmitLast(Events& events, CloseReason reason) {
    Events last = std::exchange(events, Events());
    if (last.closed && reason != CloseReason::kClosed) last.closed(reason);
  }

  std::shared_ptr<Connection> connection_;
  // For the library itself: called once, by RunWhenClosed(). May close other objects.
  absl::AnyInvocable<void()> when_closed_;

 private:
  std::string id_;
  uint64_t number_;  // among the objects of its worker, as they were made
  bool closed_ = false;
};

}  // namespace sluice::controller
