// One end of the control pipe over libuv: frames in from one stream, frames out to another. Both ends use it: the
// worker opens its descriptors 3 and 4, a controller lets uv_spawn() make the streams of in() and out().
//
// Reading: each frame is verified and handed on; one that cannot be read is reported and skipped. A frame over
// kMaxFrameSize or the end of the stream ends the channel: on_end is called once, with the reason in words.
// Writing never blocks the loop: what the pipe does not take at once waits in memory, in order. Over kMaxQueued bytes
// waiting, droppable messages are dropped and counted, and a channel made with `pause_when_full` stops reading until
// half of it is gone, so that whoever does not read answers cannot go on asking. Only one of the two ends may do that,
// or both could wait for ever.
//
// All callbacks come from the loop, never from within a call. A callback may Close() the channel or destroy it.
// The process must ignore SIGPIPE. Destroying closes the streams; libuv frees them in the next turn of the loop, which
// therefore must still run.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "channel/frame_assembler.h"
#include "channel/verify.h"

namespace sluice {

class Channel {
 public:
  static constexpr size_t kMaxQueued = 8 * 1024 * 1024;

  struct Callbacks {
    // `body_good` is false when only the envelope may be read (FrameState::kBadBody). Both are valid during the call.
    absl::AnyInvocable<void(const fbs::message::Message& message, bool body_good)> on_message;
    absl::AnyInvocable<void(std::string_view what)> on_unreadable;
    absl::AnyInvocable<void(std::string_view why)> on_end;
  };
  enum class Importance : uint8_t { kMust, kDroppable };
  enum class SendResult : uint8_t { kSent, kDropped, kTooLarge, kClosed };

  Channel(uv_loop_t* loop, bool pause_when_full, Callbacks callbacks);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // For uv_spawn(): unopened pipes. Owned by the channel.
  uv_pipe_t* in();
  uv_pipe_t* out();
  // Takes two open descriptors over. False when they are no pipes or sockets.
  bool Open(int in_fd, int out_fd);
  // Begins to read. Once, after the streams are open.
  void Start();

  // Finishes `builder` with its size in front, sends and clears it.
  SendResult Send(flatbuffers::FlatBufferBuilder& builder, flatbuffers::Offset<fbs::message::Message> message,
                  Importance importance = Importance::kMust);
  // Waits for what is queued no longer than the pipe takes it, then closes. No callback comes after this.
  void Close();

  bool closed() const;
  size_t queued() const;     // bytes that wait
  uint64_t dropped() const;  // droppable messages that did not go

 private:
  class Streams;
  Streams* streams_;  // null once closed by Close()
};

}  // namespace sluice
