// Picture id and TL0PICIDX of an outgoing VP9 stream (RFC 9628, 4.2), continuous over switches between sources. Pictures
// that are left out on purpose leave their gap in the picture ids: what a picture refers to is told by the distance.
// The result is a patch of the same descriptor bytes; a source's descriptor keeps its size.
#pragma once

#include "rtc/codec/frame_info.h"
#include "rtc/codec/payload_patch.h"
#include "rtc/forward/wrapping_counter.h"

namespace sluice {

class Vp9Rewriter {
 public:
  // `frame` comes from codec::Parse(kVp9, ...) and is the source's own.
  codec::PayloadPatch Rewrite(const codec::FrameInfo& frame);
  void SwitchSource();

 private:
  WrappingCounter picture_;
  WrappingCounter tl0_;
};

}  // namespace sluice
