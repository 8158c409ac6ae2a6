// Picture id, TL0PICIDX and KEYIDX of an outgoing VP8 stream (RFC 7741 4.2), continuous over switches between sources.
// Pictures that are dropped on purpose (upper temporal layers) leave no gap in the picture ids: receivers take a gap
// for a lost picture and wait. The result is a patch of the same descriptor bytes; a source's descriptor keeps its
// size, so a 7 bit picture id stays one.
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/codec/frame_info.h"
#include "rtc/codec/payload_patch.h"
#include "rtc/forward/gap_closing_map.h"
#include "rtc/forward/wrapping_counter.h"

namespace sluice {

class Vp8Rewriter {
 public:
  // What to write over the payload of a packet that is forwarded. nullopt: the picture was dropped before or is from
  // before the switch; do not send. `frame` comes from codec::Parse(kVp8, ...) and is the source's own.
  std::optional<codec::PayloadPatch> Rewrite(const codec::FrameInfo& frame);
  // The packet's whole picture is not forwarded. May be called for each packet of the picture.
  void Drop(const codec::FrameInfo& frame);
  // The next packet is the first of another source.
  void SwitchSource();

 private:
  int64_t Unwrap(const codec::FrameInfo& frame);

  GapClosingMap pictures_{0};
  std::optional<int64_t> newest_picture_;  // unwrapped
  WrappingCounter tl0_;
  WrappingCounter key_;
};

}  // namespace sluice
