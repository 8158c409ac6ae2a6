// Speaks the control protocol and does nothing: every request is accepted without a body. `--logTag=...` tells it how
// to misbehave.
#include <unistd.h>
#include <uv.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include "channel/channel.h"

namespace {

using namespace sluice;  // NOLINT(google-build-using-namespace)

class FakeWorker {
 public:
  explicit FakeWorker(std::set<std::string> behaviour)
      : behaviour_(std::move(behaviour)),
        channel_(uv_default_loop(), true,
                 {.on_message = [this](const fbs::message::Message& m, bool) { OnMessage(m); },
                  .on_unreadable = [](std::string_view) {},
                  .on_end =
                      [this](std::string_view) {
                        if (!Is("outlive-pipe")) std::exit(0);
                      }}) {}

  void Run() {
    if (!channel_.Open(3, 4)) std::exit(40);
    channel_.Start();
    if (Is("close-pipe")) channel_.Close();
    if (!Is("mute")) {
      fbs::notification::NotificationT running;
      running.event = fbs::notification::Event::WorkerRunning;
      running.handler_id = std::to_string(getpid());
      Send(std::move(running));
    }
    if (Is("die-after-start")) std::raise(SIGKILL);
    // With "outlive-pipe" or "mute" there is nothing else to stay for.
    for (;;) {
      uv_run(uv_default_loop(), UV_RUN_DEFAULT);
      pause();
    }
  }

 private:
  bool Is(const char* behaviour) const { return behaviour_.contains(behaviour); }

  template <class Table>
  void Send(Table table) {
    fbs::message::MessageT message;
    message.data.Set(std::move(table));
    channel_.Send(builder_, fbs::message::Message::Pack(builder_, &message));
  }

  void OnMessage(const fbs::message::Message& message) {
    if (const auto* notification = message.data_as_Notification()) {
      if (notification->event() == fbs::notification::Event::WorkerClose && !Is("ignore-close")) std::exit(0);
      return;
    }
    const auto* request = message.data_as_Request();
    if (request == nullptr) return;
    if (Is("die-on-dump") && request->method() == fbs::request::Method::WorkerDump) {
      std::fprintf(stderr, "something is broken\n");
      std::abort();
    }
    if (Is("silent")) return;
    fbs::response::ResponseT response;
    response.id = request->id();
    response.accepted = true;
    Send(std::move(response));
  }

  std::set<std::string> behaviour_;
  flatbuffers::FlatBufferBuilder builder_;
  Channel channel_;
};

}  // namespace

int main(int argc, char** argv) {
  std::set<std::string> behaviour;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--logTag=")) behaviour.insert(argument.substr(9));
    std::printf("argument %s\n", argv[i]);
  }
  const char* version = std::getenv("MEDIASOUP_VERSION");
  std::printf("version %s\n", version ? version : "none");
  std::fflush(stdout);
  if (behaviour.contains("wrong-settings")) {
    std::fprintf(stderr, "rtcMinPort: is wrong\n");
    return 42;
  }
  FakeWorker(std::move(behaviour)).Run();
}
