// Frames as they come from a controller's pipe, against a whole worker in which everything exists that a request could
// be about (test/support/control). The method of an input's first frame decides how far the worker has been built up:
// to where that request is the next valid example. After the input come the examples that are left, and then everything
// is closed.
//
// Whatever comes: a request is answered exactly once, under its id; nothing else is answered; an error has changed
// nothing; and when all is closed no id and no descriptor is left.
//
// Inputs are changed by the schema, not only byte by byte: fields dropped, at their limits, of another type.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>

#include "channel/frame_assembler.h"
#include "channel/verify.h"
#include "rtc/base/check.h"
#include "test/support/control/examples.h"
#include "test/support/control/in_process_worker.h"
#include "test/support/control/mutations.h"

namespace sluice::control {
namespace {

using FrameBytes = std::vector<uint64_t>;  // 8-aligned

struct Input {
  FrameBytes words;
  size_t size;
  std::span<const uint8_t> bytes() const { return {reinterpret_cast<const uint8_t*>(words.data()), size}; }
};

std::vector<Input> Frames(std::span<const uint8_t> data) {
  std::vector<Input> out;
  FrameAssembler assembler;
  assembler.Feed(data, [&out](std::span<const uint8_t> frame) {
    Input input{.words = FrameBytes((frame.size() + 7) / 8), .size = frame.size()};
    std::memcpy(input.words.data(), frame.data(), frame.size());
    out.push_back(std::move(input));
    return true;
  });
  return out;
}

class World {
 public:
  World() : examples_(LoadExamples(schema_, SLUICE_EXAMPLES)) {
    // The first one leaves what libuv keeps for the process.
    static_cast<void>(InProcessWorker());
    descriptors_ = InProcessWorker::OpenDescriptors();
  }

  void Run(const std::vector<Input>& frames) {
    if (frames.empty()) return;
    if (!worker_) worker_ = std::make_unique<InProcessWorker>();
    const size_t at = PlaceOf(frames.front().bytes());
    RunExamples(0, at);
    for (const Input& frame : frames) {
      RunOne(frame.bytes());
      if (!worker_->alive()) break;
    }
    if (worker_->alive()) RunExamples(at, examples_.size() - 1);
    Close();
  }

  const Schema& schema() const { return schema_; }
  std::string AnId(uint32_t random) {
    const Node* id = examples_[random % examples_.size()].envelope().Find("handler_id");
    return id ? id->text : "";
  }

 private:
  // The number of the first example of the same method or event.
  size_t PlaceOf(std::span<const uint8_t> frame) const {
    const size_t last = examples_.size() - 1;
    if (VerifyFrame(frame) == FrameState::kUnreadable) return last;
    const fbs::message::Message& message = MessageOf(frame);
    const auto* request = message.data_as_Request();
    const auto* notification = message.data_as_Notification();
    if (!request && !notification) return last;
    const auto number = request ? static_cast<int64_t>(request->method()) : static_cast<int64_t>(notification->event());
    for (size_t i = 0; i < last; ++i) {
      if (examples_[i].is_request == (request != nullptr) && examples_[i].number == number) return i;
    }
    return last;
  }

  void RunExamples(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const uint32_t id = ++last_id_;
      const auto reply = worker_->Exchange(Frame(schema_, examples_[i].message, id), id);
      SLUICE_CHECK(reply.answers == (examples_[i].is_request ? 1 : 0));
    }
  }

  void RunOne(std::span<const uint8_t> frame) {
    const bool readable = VerifyFrame(frame) != FrameState::kUnreadable;
    const auto* request = readable ? MessageOf(frame).data_as_Request() : nullptr;
    const std::string before = worker_->Dump();
    const auto reply = worker_->Exchange(frame, request ? request->id() : 0);
    if (!worker_->alive()) return;
    SLUICE_CHECK(reply.stray_answers == 0);
    SLUICE_CHECK(reply.answers == (request ? 1 : 0));
    if (request && !reply.accepted) SLUICE_CHECK(worker_->Dump() == before);
  }

  void Close() {
    if (!worker_->alive()) {
      worker_.reset();
      SLUICE_CHECK(InProcessWorker::OpenDescriptors() == descriptors_);
      empty_ = 0;
      return;
    }
    worker_->CloseAll();
    SLUICE_CHECK(worker_->Ids().empty());
    const size_t open = InProcessWorker::OpenDescriptors();
    if (empty_ == 0) empty_ = open;
    SLUICE_CHECK(open == empty_);
  }

  Schema schema_{SLUICE_BFBS};
  std::vector<Example> examples_;
  size_t descriptors_ = 0;  // of this process without a worker
  size_t empty_ = 0;        // and with one that has nothing; 0 until that is known
  std::unique_ptr<InProcessWorker> worker_;
  uint32_t last_id_ = 0;
};

World& TheWorld() {
  static auto* world = new World;
  return *world;
}

void CollectTexts(Node& node, std::vector<Node*>& out) {
  if (node.field && node.field->type()->base_type() == reflection::String) out.push_back(&node);
  for (Node& child : node.children) CollectTexts(child, out);
}

// One to three fields changed; empty when the frame cannot be read.
std::vector<uint8_t> Mutated(std::span<const uint8_t> frame, uint32_t seed) {
  if (VerifyFrame(frame) != FrameState::kGood) return {};
  const Schema& schema = TheWorld().schema();
  Node message = schema.Read(frame);
  Node* data = message.Find("data");
  if (!data) return {};
  std::minstd_rand generator(seed);
  auto random = [&generator](uint32_t below) { return static_cast<uint32_t>(generator()) % below; };
  for (uint32_t left = 1 + random(3); left > 0; --left) {
    Node* body = data->Find("body");
    std::vector<Node*> texts;
    CollectTexts(*data, texts);
    if (random(4) == 0 && !texts.empty()) {
      texts[random(static_cast<uint32_t>(texts.size()))]->text = TheWorld().AnId(random(1000));
    } else {
      MutateOne(schema, body && random(4) != 0 ? *body : *data, random);
    }
  }
  return schema.Write(message);
}

}  // namespace
}  // namespace sluice::control

// libFuzzer's; not there when inputs are only replayed.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) __attribute__((weak));

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  const auto frames = sluice::control::Frames({data, size});
  if (seed % 8 != 0 && !frames.empty()) {
    // One frame is changed, and those after it stay.
    const size_t chosen = seed / 8 % frames.size();
    std::vector<uint8_t> out;
    for (size_t i = 0; i < frames.size(); ++i) {
      const auto bytes = frames[i].bytes();
      std::vector<uint8_t> mutated;
      if (i == chosen) mutated = sluice::control::Mutated(bytes, seed);
      if (mutated.empty()) mutated.assign(bytes.begin(), bytes.end());
      out.insert(out.end(), mutated.begin(), mutated.end());
    }
    if (out.size() <= max_size) {
      std::memcpy(data, out.data(), out.size());
      return out.size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::control::TheWorld().Run(sluice::control::Frames({data, size}));
  return 0;
}
