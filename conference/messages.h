// The messages of docs/signalling.md as values: a page's request, parsed and validated, and the server's answers and
// events. Pure: no state, no I/O. What is in a request is well-formed, but nothing more: ids may name nothing, media
// parameters may not fit the router.
//
// Bounds: the caller limits the size of the text; nesting costs no stack.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controller/consumer.h"
#include "controller/rtp_parameters.h"
#include "controller/webrtc_transport.h"

namespace sluice::conference {

inline constexpr int kProtocolVersion = 1;

enum class Direction : uint8_t { kSend, kRecv };  // seen from the page

enum class Source : uint8_t { kMicrophone, kCamera, kScreen };
inline constexpr size_t kSources = 3;
std::string_view ToString(Source source);

// The size of one spatial layer of a picture, as its sender captures it.
struct LayerSize {
  uint16_t width = 0;  // pixels, 1..kLongestSide
  uint16_t height = 0;
};
inline constexpr uint16_t kLongestSide = 16384;
inline constexpr size_t kMaxSpatialLayers = 4;

struct JoinRequest {
  std::string room;
  std::string name;
  std::optional<controller::RtpCapabilities> rtp_capabilities;
  std::string rejoin_key;  // "" when absent
};
struct CreateTransportRequest {
  Direction direction = Direction::kSend;
  std::optional<controller::RtpCapabilities> rtp_capabilities;
};
struct ConnectTransportRequest {
  std::string transport_id;
  controller::DtlsParameters dtls_parameters;
};
struct RestartIceRequest {
  std::string transport_id;
};
struct ProduceRequest {
  std::string transport_id;
  controller::MediaKind kind = controller::MediaKind::kAudio;
  Source source = Source::kMicrophone;
  controller::RtpParameters rtp_parameters;
  bool paused = false;
  std::vector<LayerSize> layers;  // lowest first, at most kMaxSpatialLayers; empty: not told
};
struct ProducerRequest {
  enum class Action : uint8_t { kPause, kResume, kClose };
  Action action = Action::kPause;
  std::string producer_id;
};
struct ConsumerRequest {
  enum class Action : uint8_t { kPause, kResume };  // consumerReady is a resume
  Action action = Action::kPause;
  std::string consumer_id;
};
struct SetLayersRequest {
  std::string consumer_id;
  uint8_t spatial_layer = 0;              // too high: the highest
  std::optional<uint8_t> temporal_layer;  // nullopt: all
};
struct SetPriorityRequest {
  std::string consumer_id;
  uint8_t priority = 1;  // 1..255
};
struct PingRequest {};

using RequestBody =
    std::variant<JoinRequest, CreateTransportRequest, ConnectTransportRequest, RestartIceRequest, ProduceRequest,
                 ProducerRequest, ConsumerRequest, SetLayersRequest, SetPriorityRequest, PingRequest>;

struct Request {
  uint32_t id = 0;
  RequestBody body;
};

enum class ErrorCode : uint8_t {
  kBadMessage,
  kUnknownMethod,
  kInvalidField,
  kVersion,
  kInvalidRoom,
  kInvalidName,
  kNameTaken,
  kRoomFull,
  kServerFull,
  kNotJoined,
  kAlreadyJoined,
  kNotFound,
  kWrongState,
  kUnsupported,
  kUnavailable,
  kTimeout,
  kInternal,
};
std::string_view ToString(ErrorCode code);  // as on the wire

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string field;  // "" when none is at fault
  std::string message;
};

// An error of the controller library, in the words of this protocol. `parent` is put before a field that it names.
Error ErrorFrom(const absl::Status& status, std::string_view parent = "");

struct Rejected {
  std::optional<uint32_t> id;  // nullopt: it could not be read
  Error error;
};

std::variant<Request, Rejected> ParseRequest(std::string_view text);

nlohmann::json Answer(uint32_t id, nlohmann::json data = nlohmann::json::object());
nlohmann::json ErrorAnswer(std::optional<uint32_t> id, const Error& error);
// {"spatialLayer", "temporalLayer"}, or null.
nlohmann::json ToJson(const std::optional<controller::ConsumerLayers>& layers);
nlohmann::json Event(std::string_view name, nlohmann::json data);

}  // namespace sluice::conference
