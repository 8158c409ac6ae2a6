// Frames as they come from a controller's pipe: cut, verified, and every request run against a whole worker core, as
// often as the input has frames. After each input everything is closed again. Whatever comes, the core must answer and
// live.
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "channel/frame_assembler.h"
#include "channel/verify.h"
#include "worker/core.h"
#include "worker/handlers/handlers.h"

namespace sluice {
namespace {

struct World {
  World() {
    uv_loop_init(&loop);
    auto dtls = DtlsContext::Create(*DtlsCertificate::Generate());
    core = std::make_unique<Core>(&loop, Settings(), *std::move(dtls), 1, [](const Outbox&) {});
  }

  void Run(std::span<const uint8_t> frame) {
    const FrameState state = VerifyFrame(frame);
    if (state != FrameState::kGood) return;
    const auto* request = MessageOf(frame).data_as_Request();
    if (!request) return;
    core->media.End();
    flatbuffers::FlatBufferBuilder b;
    Call call{.core = *core,
              .request = *request,
              .handler_id = request->handler_id() ? request->handler_id()->str() : "",
              .b = b,
              .turn = core->media.Begin()};
    if (const Handler handler = FindHandler(request->method())) static_cast<void>(handler(call));
    core->media.End();
    uv_run(&loop, UV_RUN_NOWAIT);
  }

  void CloseAll() {
    flatbuffers::FlatBufferBuilder b, body;
    body.Finish(fbs::request::CreateRequest(body, 1));
    Call call{.core = *core,
              .request = *flatbuffers::GetRoot<fbs::request::Request>(body.GetBufferPointer()),
              .handler_id = "",
              .b = b,
              .turn = core->media.Begin()};
    while (!core->routers.empty()) handlers::CloseRouter(call, *core->routers.back());
    for (auto& server : core->servers) {
      for (const Listening& l : server->listening) core->media.network().Close(l.socket);
      core->objects.Remove(server->id);
    }
    core->servers.clear();
    core->media.End();
    uv_run(&loop, UV_RUN_NOWAIT);
  }

  uv_loop_t loop;
  std::unique_ptr<Core> core;
};

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* world = new sluice::World;
  sluice::FrameAssembler assembler;
  assembler.Feed({data, size}, [](std::span<const uint8_t> frame) {
    world->Run(frame);
    return true;
  });
  world->CloseAll();
  return 0;
}
