// What a codec's own payload descriptor needs to stay continuous for the receiver, over switches and over what is left
// out: nothing for most codecs, picture ids and counters for VP8 and VP9.
#pragma once

#include <optional>
#include <variant>

#include "rtc/codec/frame_info.h"
#include "rtc/codec/payload_patch.h"
#include "rtc/forward/vp8_rewriter.h"
#include "rtc/forward/vp9_rewriter.h"

namespace sluice {

class CodecRewriter {
 public:
  explicit CodecRewriter(codec::MediaCodec codec) {
    if (codec == codec::MediaCodec::kVp8) rewriter_.emplace<Vp8Rewriter>();
    if (codec == codec::MediaCodec::kVp9) rewriter_.emplace<Vp9Rewriter>();
  }

  // What to write over the payload of a packet that is forwarded. nullopt: it must not be sent any more.
  std::optional<codec::PayloadPatch> Rewrite(const codec::FrameInfo& frame) {
    if (auto* vp8 = std::get_if<Vp8Rewriter>(&rewriter_)) return vp8->Rewrite(frame);
    if (auto* vp9 = std::get_if<Vp9Rewriter>(&rewriter_)) return vp9->Rewrite(frame);
    return codec::PayloadPatch();
  }
  // The packet's whole picture is not forwarded.
  void Drop(const codec::FrameInfo& frame) {
    if (auto* vp8 = std::get_if<Vp8Rewriter>(&rewriter_)) vp8->Drop(frame);
  }
  // The next packet is the first of another source.
  void SwitchSource() {
    if (auto* vp8 = std::get_if<Vp8Rewriter>(&rewriter_)) vp8->SwitchSource();
    if (auto* vp9 = std::get_if<Vp9Rewriter>(&rewriter_)) vp9->SwitchSource();
  }

 private:
  std::variant<std::monostate, Vp8Rewriter, Vp9Rewriter> rewriter_;
};

}  // namespace sluice
