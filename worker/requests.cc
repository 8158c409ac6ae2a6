#include "worker/requests.h"

#include <utility>

#include "worker/handlers/handlers.h"

namespace sluice {
namespace {

std::string_view ErrorClass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return "TypeError";
    case absl::StatusCode::kNotFound:
      return "NotFoundError";
    default:
      return "Error";
  }
}

// Reasons may quote what the controller sent, which may be of any length.
std::string ReasonOf(const absl::Status& status) { return std::string(status.message().substr(0, kMaxReason)); }

absl::StatusOr<Answer> Run(Call& call, bool body_good) {
  const Handler handler = FindHandler(call.request.method());
  if (!handler) {
    return absl::UnimplementedError("method " + std::to_string(static_cast<int>(call.request.method())) +
                                    " is not known");
  }
  if (!body_good) return absl::InvalidArgumentError("the body of the request cannot be read");
  return handler(call);
}

Channel::SendResult Respond(Channel& channel, flatbuffers::FlatBufferBuilder& b, uint32_t id,
                            const absl::StatusOr<Answer>& answer) {
  namespace fb = fbs::response;
  flatbuffers::Offset<fb::Response> response;
  if (answer.ok()) {
    response = fb::CreateResponse(b, id, true, answer->type, answer->body);
  } else {
    const auto error = b.CreateString(std::string(ErrorClass(answer.status())));
    response = fb::CreateResponse(b, id, false, fb::Body::NONE, 0, error, b.CreateString(ReasonOf(answer.status())));
  }
  return channel.Send(b, fbs::message::CreateMessage(b, fbs::message::Body::Response, response.Union()));
}

}  // namespace

void HandleRequest(Core& core, Channel& channel, const fbs::request::Request& request, bool body_good) {
  core.media.End();
  flatbuffers::FlatBufferBuilder b;
  Call call{.core = core,
            .request = request,
            .handler_id = request.handler_id() ? request.handler_id()->str() : std::string(),
            .b = b,
            .turn = core.media.Begin()};
  absl::StatusOr<Answer> answer = Run(call, body_good);
  if (answer.ok() && Respond(channel, b, request.id(), answer) == Channel::SendResult::kTooLarge) {
    answer = absl::ResourceExhaustedError("the answer is longer than a frame may be");
  }
  if (!answer.ok()) {
    core.log.Warn("request {} [id:{}] failed: {}", fbs::request::EnumNameMethod(request.method()), request.id(),
                  ReasonOf(answer.status()));
    b.Clear();
    Respond(channel, b, request.id(), answer);
  }
  // Notifications that the request caused come after its answer.
  core.media.End();
}

}  // namespace sluice
