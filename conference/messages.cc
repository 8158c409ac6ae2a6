#include "conference/messages.h"

#include <utility>

namespace sluice::conference {
namespace {

using nlohmann::json;

ErrorCode CodeFrom(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return ErrorCode::kInvalidField;
    case absl::StatusCode::kUnimplemented:
      return ErrorCode::kUnsupported;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
      return ErrorCode::kWrongState;
    case absl::StatusCode::kNotFound:
      return ErrorCode::kNotFound;
    case absl::StatusCode::kDeadlineExceeded:
      return ErrorCode::kTimeout;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

std::string_view ToString(Source source) {
  switch (source) {
    case Source::kMicrophone:
      return "microphone";
    case Source::kCamera:
      return "camera";
    case Source::kScreen:
      return "screen";
  }
  return "";
}

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadMessage:
      return "badMessage";
    case ErrorCode::kUnknownMethod:
      return "unknownMethod";
    case ErrorCode::kInvalidField:
      return "invalidField";
    case ErrorCode::kVersion:
      return "version";
    case ErrorCode::kInvalidRoom:
      return "invalidRoom";
    case ErrorCode::kInvalidName:
      return "invalidName";
    case ErrorCode::kNameTaken:
      return "nameTaken";
    case ErrorCode::kRoomFull:
      return "roomFull";
    case ErrorCode::kServerFull:
      return "serverFull";
    case ErrorCode::kNotJoined:
      return "notJoined";
    case ErrorCode::kAlreadyJoined:
      return "alreadyJoined";
    case ErrorCode::kNotFound:
      return "notFound";
    case ErrorCode::kWrongState:
      return "wrongState";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "";
}

Error ErrorFrom(const absl::Status& status, std::string_view parent) {
  Error error{.code = CodeFrom(status.code()), .message = std::string(status.message())};
  if (error.code != ErrorCode::kInvalidField) return error;
  // The controller library puts the field's path in front: "encodings[0].rid: is not unique".
  const size_t colon = error.message.find(": ");
  if (colon == std::string::npos || error.message.find(' ') < colon) return error;
  error.field = error.message.substr(0, colon);
  if (!parent.empty() && !error.field.starts_with(parent)) error.field = std::string(parent) + "." + error.field;
  error.message = error.field + error.message.substr(colon);
  return error;
}

json Answer(uint32_t id, json data) { return {{"id", id}, {"data", std::move(data)}}; }

json ErrorAnswer(std::optional<uint32_t> id, const Error& error) {
  json body{{"code", ToString(error.code)}, {"message", error.message}};
  if (!error.field.empty()) body["field"] = error.field;
  json message{{"id", nullptr}, {"error", std::move(body)}};
  if (id) message["id"] = *id;
  return message;
}

json ToJson(const std::optional<controller::ConsumerLayers>& layers) {
  if (!layers) return nullptr;
  return {{"spatialLayer", layers->spatial}, {"temporalLayer", layers->temporal.value_or(0)}};
}

json Event(std::string_view name, json data) { return {{"event", name}, {"data", std::move(data)}}; }

}  // namespace sluice::conference
