// The pipe to one worker from the controller's side: requests out and their answers back under the same number,
// time-outs, notifications to the object that they concern. All objects of a worker share it. It knows nothing of
// processes. Not for users of the library.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/functional/function_ref.h"
#include "channel/channel.h"
#include "controller/object.h"
#include "controller/status.h"
#include "fbs/message_generated.h"

namespace sluice::controller {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Callbacks {
    Handler<std::string_view> on_log;  // level letter and line
    Handler<std::string_view> on_end;  // the pipe is broken; pending calls still wait for Close()
  };

  Connection(uv_loop_t* loop, std::chrono::milliseconds request_timeout, Callbacks callbacks);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  uv_loop_t* loop() { return loop_; }
  Channel& channel() { return channel_; }  // to be opened and started by whoever made the pipe

  // `done` may be null. It is called once, from the loop.
  void Request(fbs::request::Method method, const std::string& handler_id, const fbs::request::BodyUnion& body,
               ResponseCallback done);
  // The same with a body that `write` makes in the builder, at once.
  using WriteBody = absl::FunctionRef<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>;
  void Request(fbs::request::Method method, const std::string& handler_id, fbs::request::Body type, WriteBody write,
               ResponseCallback done);
  // Errors: Object::Notify.
  absl::Status Notify(fbs::notification::Event event, const std::string& handler_id,
                      fbs::notification::BodyUnion body = {},
                      Channel::Importance importance = Channel::Importance::kMust);

  uint64_t NextObject() { return ++last_object_; }  // their numbers
  // Notifications for `object->id()` go to it until it is removed. Not owned.
  void AddObject(Object* object);
  void RemoveObject(const Object* object);

  // Calls `function` in the next turn of the loop.
  void Defer(absl::AnyInvocable<void()> function);

  // Answers all pending and all later requests with `why`, and closes the pipe once what is queued has gone. Pending
  // ones are answered in the next turn of the loop, or at once: only for who is called by the loop himself.
  enum class Answer : uint8_t { kNextTurn, kNow };
  void Close(absl::Status why, Answer when = Answer::kNextTurn);
  bool closed() const { return !why_closed_.ok(); }

  // Frames that could not be read, answers that nobody waits for (any more).
  uint64_t ignored() const { return ignored_; }

 private:
  struct Timers;
  struct Pending {
    fbs::request::Method method;
    ResponseCallback done;
  };
  struct Deadline {
    uint64_t time;  // ms of the loop's clock
    uint32_t id;
  };

  void OnMessage(const fbs::message::Message& message, bool body_good);
  void OnResponse(const fbs::response::Response& response, bool body_good);
  void OnNotification(const fbs::notification::Notification& notification);
  void OnDeadline();
  void ArmDeadline();
  void RunDeferred();
  // Takes the callback of a request that waits, or null.
  ResponseCallback Take(uint32_t id);
  uint32_t NextId();

  uv_loop_t* loop_;
  const uint64_t request_timeout_;  // ms
  Callbacks callbacks_;
  Channel channel_;
  Timers* timers_;  // until libuv has closed them
  flatbuffers::FlatBufferBuilder builder_;
  absl::Status why_closed_;
  uint32_t last_id_ = 0;
  uint64_t last_object_ = 0;
  uint64_t ignored_ = 0;
  // Both hold no more than what is asked for within request_timeout_.
  std::unordered_map<uint32_t, Pending> pending_;
  std::deque<Deadline> deadlines_;  // in order, because all requests wait equally long
  std::unordered_map<std::string, Object*> objects_;
  std::vector<absl::AnyInvocable<void()>> deferred_;
};

}  // namespace sluice::controller
