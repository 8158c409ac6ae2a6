// One parser per codec, all behind Parse() of frame_info.h. Each stops at the first byte that is not there.
#pragma once

#include <cstdint>
#include <span>

#include "rtc/codec/frame_info.h"

namespace sluice::codec {

FrameInfo ParseVp8(std::span<const uint8_t> payload);
FrameInfo ParseVp9(std::span<const uint8_t> payload);
FrameInfo ParseH264(std::span<const uint8_t> payload);
FrameInfo ParseH265(std::span<const uint8_t> payload);
FrameInfo ParseAv1(std::span<const uint8_t> payload);

}  // namespace sluice::codec
