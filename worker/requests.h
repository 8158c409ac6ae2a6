// Answers requests: exactly one response for each, under its id. The envelope is verified, the method indexes a table,
// the handler id is looked up, and the handler decodes the body, checks all of it, and only then changes anything.
//
// Errors are absl::Status and travel as the controller's classes: InvalidArgument is a TypeError, NotFound a
// NotFoundError, everything else an Error. Messages name the field; over kMaxReason bytes they are cut. An answer that
// is too long for a frame becomes an Error.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "channel/channel.h"
#include "fbs/message_generated.h"
#include "worker/core.h"

namespace sluice {

inline constexpr size_t kMaxReason = 1024;

struct Answer {
  fbs::response::Body type = fbs::response::Body::NONE;
  flatbuffers::Offset<void> body;
};

// One request under way.
struct Call {
  Core& core;
  const fbs::request::Request& request;
  const std::string handler_id;
  flatbuffers::FlatBufferBuilder& b;
  Turn& turn;
};

using Handler = absl::StatusOr<Answer> (*)(Call& call);

// Null for methods that are not known.
Handler FindHandler(fbs::request::Method method);

// Takes a request whose body may be read (or not), runs it in a turn of its own, and sends the answer.
void HandleRequest(Core& core, Channel& channel, const fbs::request::Request& request, bool body_good);

}  // namespace sluice
