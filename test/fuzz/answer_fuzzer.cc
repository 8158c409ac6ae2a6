// Frames as they come from a worker's pipe, against the controller library with one object of every kind and every call
// pending (library_world.h): answers and notifications in which anything may be wrong.
//
// Whatever comes, every call ends exactly once, and nothing is left when all is closed.
//
// An answer's id is the place of its call among those that are pending; a notification's handler id, if it is as long as
// real ones, is by its last character that of one of the objects. Both are put right before the frame is written.
// Inputs are changed by the schema as well as byte by byte.
#include <cstring>
#include <random>

#include "channel/verify.h"
#include "test/fuzz/library_world.h"
#include "test/support/control/mutations.h"

namespace sluice::control {
namespace {

const Schema& TheSchema() {
  static const auto* schema = new Schema(SLUICE_BFBS);
  return *schema;
}

struct Frames {
  std::vector<std::vector<uint64_t>> words;  // 8-aligned
  std::vector<size_t> sizes;
  std::span<const uint8_t> bytes(size_t i) const {
    return {reinterpret_cast<const uint8_t*>(words[i].data()), sizes[i]};
  }
};

Frames CutFrames(std::span<const uint8_t> data) {
  Frames out;
  FrameAssembler assembler;
  assembler.Feed(data, [&out](std::span<const uint8_t> frame) {
    out.words.emplace_back((frame.size() + 7) / 8);
    out.sizes.push_back(frame.size());
    std::memcpy(out.words.back().data(), frame.data(), frame.size());
    return true;
  });
  return out;
}

void PutRight(std::span<const uint8_t> frame, const LibraryWorld& world) {
  if (VerifyFrame(frame) == FrameState::kUnreadable) return;
  const fbs::message::Message& message = MessageOf(frame);
  if (const auto* response = message.data_as_Response()) {
    auto* table = const_cast<flatbuffers::Table*>(reinterpret_cast<const flatbuffers::Table*>(response));
    const auto& pending = world.pending();
    table->SetField<uint32_t>(fbs::response::Response::VT_ID, pending[response->id() % pending.size()].id, 0);
  } else if (const auto* notification = message.data_as_Notification()) {
    const auto* id = notification->handler_id();
    const auto& ids = world.object_ids();
    if (id == nullptr || id->size() != ids.front().size()) return;
    const std::string& real = ids[static_cast<uint8_t>(id->c_str()[id->size() - 1]) % ids.size()];
    std::memcpy(const_cast<char*>(id->c_str()), real.data(), real.size());
  }
}

void Run(std::span<const uint8_t> data) {
  const Frames frames = CutFrames(data);
  if (frames.sizes.empty()) return;  // what is no frame gets no further than FrameAssembler, which has tests of its own
  LibraryWorld world(TheSchema());
  for (size_t i = 0; i < frames.sizes.size(); ++i) {
    PutRight(frames.bytes(i), world);
    world.Receive(frames.bytes(i));
  }
}

size_t Weight(const Node& node) {
  size_t weight = 1 + node.text.size();
  for (const Node& child : node.children) weight += Weight(child);
  return weight;
}

// One to three fields changed; empty when the frame cannot be read.
std::vector<uint8_t> Mutated(std::span<const uint8_t> frame, uint32_t seed) {
  if (VerifyFrame(frame) != FrameState::kGood) return {};
  Node message = TheSchema().Read(frame);
  Node* data = message.Find("data");
  if (data == nullptr) return {};
  std::minstd_rand generator(seed);
  auto random = [&generator](uint32_t below) { return static_cast<uint32_t>(generator()) % below; };
  constexpr size_t kMaxWeight = 4000;  // thousands of thousands would only fill the memory
  for (uint32_t left = 1 + random(3); left > 0 && Weight(message) < kMaxWeight; --left) {
    Node* body = data->Find("body");
    MutateOne(TheSchema(), body != nullptr && random(8) != 0 ? *body : *data, random);
  }
  return TheSchema().Write(message);
}

}  // namespace
}  // namespace sluice::control

// libFuzzer's; not there when inputs are only replayed.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) __attribute__((weak));

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  const auto frames = sluice::control::CutFrames({data, size});
  if (seed % 8 != 0 && !frames.sizes.empty()) {
    const size_t chosen = seed / 8 % frames.sizes.size();
    std::vector<uint8_t> out;
    for (size_t i = 0; i < frames.sizes.size(); ++i) {
      const auto bytes = frames.bytes(i);
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
  sluice::control::Run({data, size});
  return 0;
}
