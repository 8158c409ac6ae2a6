// ParseRequest() of messages.h: one function per method, in a table.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "conference/messages.h"
#include "conference/names.h"
#include "controller/json.h"

namespace sluice::conference {
namespace {

using nlohmann::json;

// Reads the fields of one request's `data` and remembers the first mistake.
class Fields {
 public:
  explicit Fields(const json& data) : data_(data) {}

  const json* Find(const char* name) const {
    auto it = data_.find(name);
    return it == data_.end() || it->is_null() ? nullptr : &*it;
  }
  void Fail(ErrorCode code, const std::string& field, std::string_view problem) {
    if (!error_) error_ = Error{code, field, field + ": " + std::string(problem)};
  }

  std::string OptionalString(const char* name) {
    const json* value = Find(name);
    if (value == nullptr) return "";
    if (!value->is_string()) {
      Fail(ErrorCode::kInvalidField, name, "must be a string");
      return "";
    }
    return value->get<std::string>();
  }
  std::string String(const char* name) {
    if (Find(name) == nullptr) Fail(ErrorCode::kInvalidField, name, "is missing");
    return OptionalString(name);
  }
  std::string Id(const char* name) {
    std::string id = String(name);
    if (id.empty()) Fail(ErrorCode::kInvalidField, name, "must not be empty");
    return id;
  }
  bool OptionalBool(const char* name) {
    const json* value = Find(name);
    if (value == nullptr) return false;
    if (!value->is_boolean()) Fail(ErrorCode::kInvalidField, name, "must be true or false");
    return value->is_boolean() && value->get<bool>();
  }
  // A whole number from `least` to `most`; `least` when it is wrong.
  uint16_t Number(const json* value, const std::string& name, uint16_t least, uint16_t most) {
    if (value != nullptr && value->is_number() && *value >= least && *value <= most) {
      const auto number = value->get<double>();
      if (std::trunc(number) == number) return static_cast<uint16_t>(number);
    }
    Fail(ErrorCode::kInvalidField, name,
         value == nullptr ? "is missing" : fmt::format("must be a whole number from {} to {}", least, most));
    return least;
  }
  template <class Value, class Read>
  Value Parsed(const char* name, Read read) {
    const json* value = Find(name);
    if (value == nullptr) {
      Fail(ErrorCode::kInvalidField, name, "is missing");
      return {};
    }
    absl::StatusOr<Value> parsed = read(*value, name);
    if (parsed.ok()) return *std::move(parsed);
    if (!error_) error_ = ErrorFrom(parsed.status());
    return {};
  }
  std::optional<controller::RtpCapabilities> OptionalCapabilities() {
    if (Find("rtpCapabilities") == nullptr) return std::nullopt;
    return Parsed<controller::RtpCapabilities>("rtpCapabilities", controller::RtpCapabilitiesFromJson);
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  const json& data_;
  std::optional<Error> error_;
};

RequestBody ParseJoin(Fields& fields) {
  // The version goes first: all else may have another meaning in another version.
  const json* version = fields.Find("version");
  if (version == nullptr) {
    fields.Fail(ErrorCode::kInvalidField, "version", "is missing");
  } else if (!version->is_number_integer()) {
    fields.Fail(ErrorCode::kInvalidField, "version", "must be a whole number");
  } else if (*version != kProtocolVersion) {
    fields.Fail(ErrorCode::kVersion, "version", "this server speaks version 1; please reload the page");
  }
  JoinRequest join{.room = fields.String("room"), .name = fields.String("name")};
  if (!IsRoomName(join.room)) {
    fields.Fail(ErrorCode::kInvalidRoom, "room",
                "must be 1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit");
  }
  std::optional<std::string> name = CleanPeerName(join.name);
  if (!name) fields.Fail(ErrorCode::kInvalidName, "name", "must be 1 to 64 characters that can be seen");
  join.name = std::move(name).value_or("");
  join.rtp_capabilities = fields.OptionalCapabilities();
  join.rejoin_key = fields.OptionalString("rejoinKey");
  return join;
}

RequestBody ParseCreateTransport(Fields& fields) {
  const std::string direction = fields.String("direction");
  if (direction != "send" && direction != "recv") {
    fields.Fail(ErrorCode::kInvalidField, "direction", "must be \"send\" or \"recv\"");
  }
  return CreateTransportRequest{.direction = direction == "recv" ? Direction::kRecv : Direction::kSend,
                                .rtp_capabilities = fields.OptionalCapabilities()};
}

RequestBody ParseConnectTransport(Fields& fields) {
  return ConnectTransportRequest{.transport_id = fields.Id("transportId"),
                                 .dtls_parameters = fields.Parsed<controller::DtlsParameters>(
                                     "dtlsParameters", controller::DtlsParametersFromJson)};
}

RequestBody ParseRestartIce(Fields& fields) { return RestartIceRequest{fields.Id("transportId")}; }

Source ParseSource(Fields& fields, controller::MediaKind kind) {
  const std::string text = fields.String("source");
  for (const Source source : {Source::kMicrophone, Source::kCamera, Source::kScreen}) {
    if (text != ToString(source)) continue;
    if ((source == Source::kMicrophone && kind != controller::MediaKind::kAudio) ||
        (source == Source::kCamera && kind != controller::MediaKind::kVideo)) {
      fields.Fail(ErrorCode::kInvalidField, "source", "a microphone is audio, a camera is video");
    }
    return source;
  }
  fields.Fail(ErrorCode::kInvalidField, "source", "must be \"microphone\", \"camera\" or \"screen\"");
  return Source::kMicrophone;
}

std::vector<LayerSize> ParseLayers(Fields& fields) {
  const json* list = fields.Find("layers");
  if (list == nullptr) return {};
  if (!list->is_array() || list->size() > kMaxSpatialLayers) {
    fields.Fail(ErrorCode::kInvalidField, "layers", fmt::format("must be a list of at most {}", kMaxSpatialLayers));
    return {};
  }
  std::vector<LayerSize> layers;
  for (const json& entry : *list) {
    const std::string path = fmt::format("layers[{}]", layers.size());
    if (!entry.is_object()) fields.Fail(ErrorCode::kInvalidField, path, "must be an object");
    const auto side = [&](const char* name) {
      const auto found = entry.find(name);
      return fields.Number(found == entry.end() ? nullptr : &*found, path + "." + name, 1, kLongestSide);
    };
    layers.push_back({.width = side("width"), .height = side("height")});
  }
  return layers;
}

RequestBody ParseProduce(Fields& fields) {
  ProduceRequest produce{.transport_id = fields.Id("transportId"),
                         .kind = fields.Parsed<controller::MediaKind>("kind", controller::MediaKindFromJson)};
  produce.source = ParseSource(fields, produce.kind);
  produce.paused = fields.OptionalBool("paused");
  produce.layers = ParseLayers(fields);
  produce.rtp_parameters = fields.Parsed<controller::RtpParameters>("rtpParameters", controller::RtpParametersFromJson);
  return produce;
}

template <ProducerRequest::Action kAction>
RequestBody ParseProducer(Fields& fields) {
  return ProducerRequest{kAction, fields.Id("producerId")};
}

template <ConsumerRequest::Action kAction>
RequestBody ParseConsumer(Fields& fields) {
  return ConsumerRequest{kAction, fields.Id("consumerId")};
}

RequestBody ParseSetLayers(Fields& fields) {
  SetLayersRequest request{.consumer_id = fields.Id("consumerId")};
  const auto layer = [&](const char* name) {
    return static_cast<uint8_t>(fields.Number(fields.Find(name), name, 0, UINT8_MAX));
  };
  request.spatial_layer = layer("spatialLayer");
  if (fields.Find("temporalLayer") != nullptr) request.temporal_layer = layer("temporalLayer");
  return request;
}

RequestBody ParseSetPriority(Fields& fields) {
  SetPriorityRequest request{.consumer_id = fields.Id("consumerId")};
  request.priority = static_cast<uint8_t>(fields.Number(fields.Find("priority"), "priority", 1, UINT8_MAX));
  return request;
}

RequestBody ParsePing(Fields&) { return PingRequest{}; }

struct Method {
  std::string_view name;
  RequestBody (*parse)(Fields&);
};
constexpr std::array kMethods{
    Method{"join", ParseJoin},
    Method{"createTransport", ParseCreateTransport},
    Method{"connectTransport", ParseConnectTransport},
    Method{"restartIce", ParseRestartIce},
    Method{"produce", ParseProduce},
    Method{"pauseProducer", ParseProducer<ProducerRequest::Action::kPause>},
    Method{"resumeProducer", ParseProducer<ProducerRequest::Action::kResume>},
    Method{"closeProducer", ParseProducer<ProducerRequest::Action::kClose>},
    Method{"consumerReady", ParseConsumer<ConsumerRequest::Action::kResume>},
    Method{"pauseConsumer", ParseConsumer<ConsumerRequest::Action::kPause>},
    Method{"resumeConsumer", ParseConsumer<ConsumerRequest::Action::kResume>},
    Method{"setLayers", ParseSetLayers},
    Method{"setPriority", ParseSetPriority},
    Method{"ping", ParsePing},
};

std::optional<uint32_t> ParseId(const json& message) {
  auto it = message.find("id");
  if (it == message.end() || !it->is_number()) return std::nullopt;
  const auto number = it->get<double>();
  if (!(number >= 0 && number <= UINT32_MAX) || std::trunc(number) != number) return std::nullopt;
  return static_cast<uint32_t>(number);
}

Rejected BadMessage(std::optional<uint32_t> id, const char* field, std::string message) {
  return {id, Error{ErrorCode::kBadMessage, field, std::move(message)}};
}

}  // namespace

std::variant<Request, Rejected> ParseRequest(std::string_view text) {
  const json message = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (message.is_discarded()) return BadMessage(std::nullopt, "", "the message is not JSON");
  if (!message.is_object()) return BadMessage(std::nullopt, "", "the message is not a JSON object");
  const std::optional<uint32_t> id = ParseId(message);
  if (!id) return BadMessage(id, "id", "id: must be a whole number from 0 to 4294967295");
  auto method = message.find("method");
  if (method == message.end() || !method->is_string()) return BadMessage(id, "method", "method: must be a string");

  static const json kNothing = json::object();
  auto found = message.find("data");
  const json& data = found == message.end() || found->is_null() ? kNothing : *found;
  for (const Method& known : kMethods) {
    if (known.name != method->get_ref<const std::string&>()) continue;
    if (!data.is_object()) {
      return Rejected{id, Error{ErrorCode::kInvalidField, "data", "data: must be an object"}};
    }
    Fields fields(data);
    RequestBody body = known.parse(fields);
    if (fields.error()) return Rejected{id, *fields.error()};
    return Request{*id, std::move(body)};
  }
  return Rejected{id, Error{ErrorCode::kUnknownMethod, "method", "method: there is no such method"}};
}

}  // namespace sluice::conference
