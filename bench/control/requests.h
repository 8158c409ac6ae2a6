// The requests that the bench sends, by number: object i's creation and its end. They are what a Node.js controller
// would send for a VP8 producer with RTX and its consumers.
#pragma once

#include <functional>
#include <string>

#include "bench/control/options.h"
#include "fbs/message_generated.h"

namespace sluice::bench {

struct OneRequest {
  fbs::request::Method method = fbs::request::Method::WorkerDump;
  std::string handler_id;
  fbs::request::Body type = fbs::request::Body::NONE;
  flatbuffers::Offset<void> body;
};

using MakeRequest = std::function<OneRequest(flatbuffers::FlatBufferBuilder& b, int i)>;

struct Step {
  std::string name;  // "create consumers"
  int count = 0;
  MakeRequest make;
};

// What must be there before: a router, a server, transports, a producer and a data producer. Not measured.
std::vector<Step> SetUp(const ControlOptions& options);
// Creating and closing all of one kind. `repetition` keeps SSRCs apart: they are not to be used again on one transport.
std::vector<Step> StepsOf(const std::string& kind, const ControlOptions& options, int repetition);

}  // namespace sluice::bench
