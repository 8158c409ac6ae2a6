#include "channel/channel.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

// Everything lives here, so that a callback may destroy the Channel it was called by. Deletes itself once the Channel
// has let go and libuv is through with both streams.
class Channel::Streams {
 public:
  Streams(uv_loop_t* loop, bool pause_when_full, Callbacks callbacks)
      : callbacks_(std::move(callbacks)), pause_when_full_(pause_when_full), read_buffer_(kReadSize) {
    uv_pipe_init(loop, &in_, 0);
    uv_pipe_init(loop, &out_, 0);
    in_.data = out_.data = this;
  }

  uv_pipe_t* in() { return &in_; }
  uv_pipe_t* out() { return &out_; }
  bool closed() const { return closed_; }
  size_t queued() const { return queued_; }
  uint64_t dropped() const { return dropped_; }

  void StartReading() {
    if (closed_) return;
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(&in_),
        [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
          auto& bytes = static_cast<Streams*>(handle->data)->read_buffer_;
          *buffer = uv_buf_init(reinterpret_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
        },
        [](uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
          if (size != 0) static_cast<Streams*>(stream->data)->OnRead(size);
        });
  }

  SendResult Send(std::span<const uint8_t> frame, Importance importance) {
    if (closed_) return SendResult::kClosed;
    if (frame.size() > kMaxFrameSize) return SendResult::kTooLarge;
    if (importance == Importance::kDroppable && queued_ > kMaxQueued) {
      ++dropped_;
      return SendResult::kDropped;
    }
    if (queued_ == 0) {
      uv_buf_t buffer = Buffer(frame);
      const int written = uv_try_write(reinterpret_cast<uv_stream_t*>(&out_), &buffer, 1);
      if (written > 0) frame = frame.subspan(static_cast<size_t>(written));
      if (frame.empty()) return SendResult::kSent;
    }
    Queue(frame);
    return SendResult::kSent;
  }

  void Release() {
    if (--users_ == 0) delete this;
  }

  void Close() {
    if (closed_) return;
    closed_ = true;
    uv_close(reinterpret_cast<uv_handle_t*>(&in_), &OnClosed);
    // What is queued may still go, if the other end takes it; a dead end makes the shutdown fail, which is as good.
    shutdown_.data = this;
    auto finished = [](uv_shutdown_t* request, int) { static_cast<Streams*>(request->data)->CloseOut(); };
    if (queued_ == 0 || uv_shutdown(&shutdown_, reinterpret_cast<uv_stream_t*>(&out_), finished) != 0) CloseOut();
  }

 private:
  static constexpr size_t kReadSize = 64 * 1024;

  struct Write {
    uv_write_t request;
    std::vector<uint8_t> bytes;
  };

  static uv_buf_t Buffer(std::span<const uint8_t> bytes) {
    return uv_buf_init(const_cast<char*>(reinterpret_cast<const char*>(bytes.data())),
                       static_cast<unsigned>(bytes.size()));
  }

  void Queue(std::span<const uint8_t> rest) {
    auto write = std::make_unique<Write>();
    write->bytes.assign(rest.begin(), rest.end());
    write->request.data = this;
    uv_buf_t buffer = Buffer(write->bytes);
    const int error = uv_write(&write->request, reinterpret_cast<uv_stream_t*>(&out_), &buffer, 1, &OnWritten);
    if (error != 0) return;  // the stream is gone, which reading tells as well
    queued_ += rest.size();
    static_cast<void>(write.release());
    if (pause_when_full_ && !paused_ && queued_ > kMaxQueued) {
      paused_ = true;
      uv_read_stop(reinterpret_cast<uv_stream_t*>(&in_));
    }
  }

  static void OnWritten(uv_write_t* request, int status) {
    auto* streams = static_cast<Streams*>(request->data);
    std::unique_ptr<Write> write(reinterpret_cast<Write*>(request));
    streams->queued_ -= write->bytes.size();
    if (streams->closed_) return;
    if (status < 0) return streams->End(std::string("cannot write to the pipe: ") + uv_strerror(status));
    if (streams->paused_ && streams->queued_ <= kMaxQueued / 2) {
      streams->paused_ = false;
      streams->StartReading();
    }
  }

  void OnRead(ssize_t size) {
    if (size == UV_EOF) return End("the other end closed the pipe");
    if (size < 0) return End(std::string("cannot read from the pipe: ") + uv_strerror(static_cast<int>(size)));
    const auto bytes = std::span<const uint8_t>(read_buffer_).first(static_cast<size_t>(size));
    const auto result = assembler_.Feed(bytes, [this](std::span<const uint8_t> frame) {
      OnFrame(frame);
      return !closed_;
    });
    if (result != FrameAssembler::Result::kTooLarge) return;
    const std::string why = "a frame of " + std::to_string(assembler_.FrameSize()) + " bytes is over the limit of " +
                            std::to_string(kMaxFrameSize);
    callbacks_.on_unreadable(why);  // while it can still be said over the pipe
    End(why);
  }

  void OnFrame(std::span<const uint8_t> frame) {
    switch (VerifyFrame(frame)) {
      case FrameState::kGood:
        return callbacks_.on_message(MessageOf(frame), true);
      case FrameState::kBadBody:
        return callbacks_.on_message(MessageOf(frame), false);
      case FrameState::kUnreadable:
        return callbacks_.on_unreadable("skipped a frame of " + std::to_string(frame.size()) +
                                        " bytes that is no message");
    }
  }

  void End(const std::string& why) {
    if (closed_) return;
    Close();
    callbacks_.on_end(why);
  }

  void CloseOut() { uv_close(reinterpret_cast<uv_handle_t*>(&out_), &OnClosed); }

  static void OnClosed(uv_handle_t* handle) { static_cast<Streams*>(handle->data)->Release(); }

  Callbacks callbacks_;
  const bool pause_when_full_;
  uv_pipe_t in_;
  uv_pipe_t out_;
  uv_shutdown_t shutdown_;
  std::vector<uint8_t> read_buffer_;
  FrameAssembler assembler_;
  size_t queued_ = 0;
  uint64_t dropped_ = 0;
  int users_ = 3;  // two streams and the Channel
  bool paused_ = false;
  bool closed_ = false;
};

Channel::Channel(uv_loop_t* loop, bool pause_when_full, Callbacks callbacks)
    : streams_(new Streams(loop, pause_when_full, std::move(callbacks))) {}

Channel::~Channel() { Close(); }

uv_pipe_t* Channel::in() { return streams_ ? streams_->in() : nullptr; }
uv_pipe_t* Channel::out() { return streams_ ? streams_->out() : nullptr; }

bool Channel::Open(int in_fd, int out_fd) {
  return streams_ && uv_pipe_open(streams_->in(), in_fd) == 0 && uv_pipe_open(streams_->out(), out_fd) == 0;
}

void Channel::Start() {
  if (streams_) streams_->StartReading();
}

Channel::SendResult Channel::Send(flatbuffers::FlatBufferBuilder& builder,
                                  flatbuffers::Offset<fbs::message::Message> message, Importance importance) {
  builder.FinishSizePrefixed(message);
  const SendResult result =
      streams_ ? streams_->Send({builder.GetBufferPointer(), builder.GetSize()}, importance) : SendResult::kClosed;
  builder.Clear();
  return result;
}

void Channel::Close() {
  if (!streams_) return;
  streams_->Close();
  std::exchange(streams_, nullptr)->Release();
}

bool Channel::closed() const { return !streams_ || streams_->closed(); }
size_t Channel::queued() const { return streams_ ? streams_->queued() : 0; }
uint64_t Channel::dropped() const { return streams_ ? streams_->dropped() : 0; }

}  // namespace sluice
