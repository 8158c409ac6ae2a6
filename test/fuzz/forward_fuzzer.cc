// A sender of any bytes, and a receiver that changes its mind: payloads and dependency descriptors are parsed, selected,
// and rewritten. What goes out must read as what came in, but for the numbers that are rewritten; no outgoing number is
// given twice; a padding's place is free.
//
// Input: a codec, then packets: {stream, seq step, payload size, descriptor size, wish} and their bytes.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <vector>

#include "rtc/forward/codec_rewriter.h"
#include "rtc/forward/layer_selector.h"
#include "rtc/forward/sequence_mapper.h"
#include "rtc/forward/wrapping_counter.h"

namespace {

using namespace sluice;
using Decision = LayerSelector::Decision;

constexpr int kStreams = 2;

void Require(bool condition) {
  if (!condition) abort();
}

struct Input {
  std::span<const uint8_t> rest;
  uint8_t Byte() {
    if (rest.empty()) return 0;
    const uint8_t byte = rest.front();
    rest = rest.subspan(1);
    return byte;
  }
  // A copy of the exact size, so that a sanitizer sees every byte too far.
  std::vector<uint8_t> Bytes(size_t size) {
    const auto taken = rest.first(std::min(size, rest.size()));
    rest = rest.subspan(taken.size());
    return {taken.begin(), taken.end()};
  }
};

void CheckRewritten(codec::MediaCodec codec, const codec::FrameInfo& in, std::vector<uint8_t> payload,
                    const codec::PayloadPatch& patch) {
  patch.ApplyTo(payload);
  const codec::FrameInfo out = codec::Parse(codec, payload);
  Require(out.spatial_layer == in.spatial_layer && out.picture_id_bits == in.picture_id_bits);
  Require(out.picture_id.has_value() == in.picture_id.has_value());
  Require(out.tl0_pic_idx.has_value() == in.tl0_pic_idx.has_value());
  Require(out.layer_sync == in.layer_sync && out.discardable == in.discardable);
}

void CheckDescriptor(std::span<const uint8_t> descriptor, const codec::DependencyInfo& in,
                     const LayerSelector::Selection& selection, codec::DependencyReader reader, ExtSeqNum seq) {
  std::vector<uint8_t> out(codec::kMaxDescriptorSize);
  const size_t size = codec::RewriteDescriptor(descriptor, in, 7, selection.active_targets, out);
  if (size == 0) return;
  const auto again = reader.Read(std::span(out).first(size), seq);
  Require(again && again->frame_number == 7 && again->targets == in.targets &&
          again->spatial_layer == in.spatial_layer && again->chain_differences == in.chain_differences);
  if (selection.active_targets) Require(again->active_targets == *selection.active_targets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input{{data, size}};
  const auto codec =
      static_cast<codec::MediaCodec>(input.Byte() % (static_cast<uint8_t>(codec::MediaCodec::kOther) + 1));
  const bool svc = input.Byte() & 1;
  LayerSelector selector(
      {.streams = svc ? 1 : kStreams, .spatial_layers = svc ? 3 : 1, .temporal_layers = 3, .codec = codec});
  SequenceMapper mapper(ExtSeqNum(100));
  CodecRewriter rewriter(codec);
  codec::DependencyReader readers[kStreams];
  std::set<int64_t> seen[kStreams];
  int64_t newest[kStreams] = {70'000, 90'000};
  uint32_t timestamp = 0;
  Timestamp now = Timestamp::Seconds(1);
  std::set<int64_t> used;
  while (!input.rest.empty()) {
    const uint8_t control = input.Byte();
    const int stream = svc ? 0 : control & 1;
    const int64_t seq = newest[stream] + static_cast<int8_t>(input.Byte()) / 16;
    if (control & 2) timestamp += 3000;
    if (control & 4) selector.SetPreferred({control >> 4 & 3, control >> 6});
    if (control & 8) selector.SetLimit(control & 16 ? std::optional(Layers{control >> 5 & 3, 1}) : std::nullopt);
    const uint8_t payload_size = input.Byte();
    const uint8_t descriptor_size = input.Byte();
    const auto payload = input.Bytes(payload_size);
    const auto descriptor = input.Bytes(descriptor_size);
    if (!seen[stream].insert(seq).second) continue;
    newest[stream] = std::max(newest[stream], seq);
    now = now + TimeDelta::Millis(10);
    codec::FrameInfo frame = codec::Parse(codec, payload);
    codec::DependencyReader& reader = readers[stream];
    const codec::DependencyReader before = reader;
    const auto dependency = descriptor.empty() ? std::nullopt : reader.Read(descriptor, ExtSeqNum(seq));
    if (dependency) Merge(*dependency, frame);
    const auto selection = selector.Select({.stream = stream,
                                            .seq = ExtSeqNum(seq),
                                            .timestamp = timestamp,
                                            .arrival = now,
                                            .marker = (payload_size & 1) != 0,
                                            .frame = frame,
                                            .structure = reader.structure()});
    if (selection.decision == Decision::kIgnore) continue;
    if (selection.decision == Decision::kSwitch) mapper.SwitchSource(), rewriter.SwitchSource();
    if (selection.decision == Decision::kDrop) {
      rewriter.Drop(frame);
      const auto place = mapper.Drop(ExtSeqNum(seq));
      if (place) Require(used.insert(place->value()).second);
      continue;
    }
    if (dependency) CheckDescriptor(descriptor, *dependency, selection, before, ExtSeqNum(seq));
    const auto patch = rewriter.Rewrite(frame);
    if (patch && !dependency) CheckRewritten(codec, frame, payload, *patch);
    if (!patch) continue;
    const auto out = mapper.Map(ExtSeqNum(seq));
    if (out) Require(used.insert(out->value()).second);
  }
  return 0;
}
