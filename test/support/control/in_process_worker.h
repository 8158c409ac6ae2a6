// The whole worker on a loop in this process, with the far ends of its pipe: the real framing, the real handlers, real
// sockets, but every step under the test's control. Everything that one frame brings is known when Exchange() returns.
#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "channel/frame_assembler.h"
#include "fbs/message_generated.h"
#include "worker/worker.h"

namespace sluice::control {

class InProcessWorker {
 public:
  InProcessWorker();
  ~InProcessWorker();
  InProcessWorker(const InProcessWorker&) = delete;
  InProcessWorker& operator=(const InProcessWorker&) = delete;

  // What came since a frame was sent, its answer included.
  struct Reply {
    int answers = 0;        // under the id of the request that was sent
    bool accepted = false;  // the last of them
    std::string error, reason;
    std::vector<uint8_t> answer;  // its Response, packed alone; empty without one
    int stray_answers = 0;        // under other ids
    std::vector<std::pair<fbs::notification::Event, std::string>> events;  // and whom they concern, in order
    std::vector<std::string> logs;
  };
  // Sends a frame that is whole and waits until it is handled: a request after it is answered. False in `alive()` when
  // it ended the worker. `id` is the frame's request id.
  Reply Exchange(std::span<const uint8_t> frame, uint32_t id);
  Reply Request(fbs::request::Method method, const std::string& handler_id = "",
                fbs::request::Body type = fbs::request::Body::NONE,
                flatbuffers::FlatBufferBuilder* body_builder = nullptr, flatbuffers::Offset<void> body = 0);

  // False once a frame ended the worker, as WorkerClose does; nothing is answered any more.
  bool alive() const { return !ended_; }
  // Everything that can be asked about, as the answers' bytes, but for scores, which time changes. Equal texts: nothing
  // changed.
  std::string Dump();
  // Closes all routers and servers. Afterwards no id may be left and no descriptor.
  void CloseAll();
  // Ids that something could be addressed to.
  std::vector<std::string> Ids();
  static size_t OpenDescriptors();

 private:
  void Send(std::span<const uint8_t> bytes);
  void Receive(uint32_t id, uint32_t fence, Reply& reply, bool& fenced);
  void OnMessage(const fbs::message::Message& message, uint32_t id, uint32_t fence, Reply& reply, bool& fenced);
  bool DumpResponses(fbs::request::Method method, const std::string& id, std::string& out);

  uv_loop_t loop_;
  int to_worker_ = -1;
  int from_worker_ = -1;
  bool ended_ = false;
  uint32_t last_id_ = 1'000'000;
  FrameAssembler assembler_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace sluice::control
