// Decides whether a frame may be read. A frame whose envelope is sound but whose body is not can still be answered: the
// request's id, method and handler id are safe to read then, the body is not.
#pragma once

#include <cstdint>
#include <span>

#include "fbs/message_generated.h"

namespace sluice {

enum class FrameState : uint8_t {
  kGood,        // everything may be read
  kBadBody,     // Message::data and the scalars and strings of what it holds may be read, but no body
  kUnreadable,  // nothing may be read
};

// `frame` begins with its size and is 8-aligned, as FrameAssembler gives it.
FrameState VerifyFrame(std::span<const uint8_t> frame);

inline const fbs::message::Message& MessageOf(std::span<const uint8_t> frame) {
  return *flatbuffers::GetSizePrefixedRoot<fbs::message::Message>(frame.data());
}

}  // namespace sluice
