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

absl::StatusOr<Answer> Run(Call& call, bool body_good) {
  const Handler handler = FindHandler(call.request.method());
  if (!handler) {
    return absl::UnimplementedError("method " + std::to_string(static_cast<int>(call.request.method())) +
                                    " is not known");
  }
  if (!body_good) return absl::InvalidArgumentError("the body of the request cannot be read");
  return handler(call);
}

}  // namespace

void HandleRequest(Core& core, Channel& channel, const fbs::request::Request& request, bool body_good) {
  namespace fb = fbs::response;
  core.media.End();
  flatbuffers::FlatBufferBuilder b;
  Call call{.core = core,
            .request = request,
            .handler_id = request.handler_id() ? request.handler_id()->str() : std::string(),
            .b = b,
            .turn = core.media.Begin()};
  const absl::StatusOr<Answer> answer = Run(call, body_good);
  flatbuffers::Offset<fb::Response> response;
  if (answer.ok()) {
    response = fb::CreateResponse(b, request.id(), true, answer->type, answer->body);
  } else {
    const std::string reason(answer.status().message());
    core.log.Warn("request {} [id:{}] failed: {}", fbs::request::EnumNameMethod(request.method()), request.id(),
                  reason);
    const auto error = b.CreateString(std::string(ErrorClass(answer.status())));
    response = fb::CreateResponse(b, request.id(), false, fb::Body::NONE, 0, error, b.CreateString(reason));
  }
  channel.Send(b, fbs::message::CreateMessage(b, fbs::message::Body::Response, response.Union()));
  // Notifications that the request caused come after its answer.
  core.media.End();
}

}  // namespace sluice
