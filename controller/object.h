// What Router, WebRtcServer, Transport, Producer and Consumer have in common.
//
// Lifetime. A parent owns its open children (Worker -> Router -> Transport -> Producer, Consumer; Worker ->
// WebRtcServer) and lets go of them when they close; callers share ownership, so a pointer that they kept stays good: a
// call on a closed object answers kFailedPrecondition. An object is closed by Close(), by its parent's closing, by the
// worker's death, or by what it depends on (a consumer's producer, a transport's WebRtcServer). Letting go of a pointer
// closes nothing. Everything happens on the loop's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::fbs::notification {
struct Notification;
}

namespace sluice::controller {

class Connection;  // the pipe to one worker process

enum class CloseReason : uint8_t {
  kClosed,              // Close() of the object itself
  kParentClosed,        // its transport, router or worker was closed
  kProducerClosed,      // consumers: the producer is gone
  kListenServerClosed,  // transports: the WebRtcServer is gone
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
  friend class Router;
  friend class Transport;
  friend class Worker;
  friend class WebRtcServer;
  virtual void OnNotification(const fbs::notification::Notification& notification) = 0;
  virtual void OnParentClosed(CloseReason reason) = 0;

  Connection& connection() { return *connection_; }
  // False if it was closed before; afterwards notifications no longer reach it.
  bool MarkClosed();

  std::shared_ptr<Connection> connection_;

 private:
  std::string id_;
  bool closed_ = false;
};

}  // namespace sluice::controller
