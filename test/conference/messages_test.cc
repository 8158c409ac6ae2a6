#include "conference/messages.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <variant>

namespace sluice::conference {
namespace {

using nlohmann::json;

json Sound() { return {{"mimeType", "audio/opus"}, {"payloadType", 111}, {"clockRate", 48000}, {"channels", 2}}; }

// A request of each method that is right in every field.
json Good(const std::string& method) {
  json data = json::object();
  if (method == "join") data = {{"version", 1}, {"room", "demo"}, {"name", "Ada"}};
  if (method == "createTransport") data = {{"direction", "send"}};
  if (method == "connectTransport") {
    data = {
        {"transportId", "t"},
        {"dtlsParameters", {{"role", "client"}, {"fingerprints", {{{"algorithm", "sha-256"}, {"value", "AA:BB"}}}}}}};
  }
  if (method == "restartIce") data = {{"transportId", "t"}};
  if (method == "produce") {
    data = {{"transportId", "t"},
            {"kind", "audio"},
            {"source", "microphone"},
            {"rtpParameters", {{"codecs", {Sound()}}, {"encodings", {{{"ssrc", 1}}}}}}};
  }
  if (method.ends_with("Producer")) data = {{"producerId", "p"}};
  if (method.starts_with("consumer") || method.ends_with("Consumer")) data = {{"consumerId", "c"}};
  if (method == "setLayers") data = {{"consumerId", "c"}, {"spatialLayer", 1}};
  if (method == "setPriority") data = {{"consumerId", "c"}, {"priority", 10}};
  return {{"id", 7}, {"method", method}, {"data", data}};
}

Request Parsed(const json& message) {
  auto result = ParseRequest(message.dump());
  if (const auto* rejected = std::get_if<Rejected>(&result)) {
    ADD_FAILURE() << message << " was rejected: " << rejected->error.message;
    return {};
  }
  return std::get<Request>(result);
}

Rejected RejectedText(const std::string& text) {
  auto result = ParseRequest(text);
  if (std::holds_alternative<Request>(result)) {
    ADD_FAILURE() << text << " was accepted";
    return {};
  }
  return std::get<Rejected>(result);
}

TEST(SignallingMessagesTest, EveryMethodIsRead) {
  for (const char* method :
       {"join", "createTransport", "connectTransport", "restartIce", "produce", "pauseProducer", "resumeProducer",
        "closeProducer", "consumerReady", "pauseConsumer", "resumeConsumer", "setLayers", "setPriority", "ping"}) {
    EXPECT_EQ(Parsed(Good(method)).id, 7u) << method;
  }
}

TEST(SignallingMessagesTest, AJoinIsReadInFull) {
  json message = Good("join");
  message["data"]["name"] = "  Ada Lovelace\n";
  message["data"]["rejoinKey"] = "secret";
  message["data"]["rtpCapabilities"] = {{"codecs", json::array()}};
  const auto join = std::get<JoinRequest>(Parsed(message).body);
  EXPECT_EQ(join.room, "demo");
  EXPECT_EQ(join.name, "Ada Lovelace");
  EXPECT_EQ(join.rejoin_key, "secret");
  EXPECT_TRUE(join.rtp_capabilities.has_value());
}

TEST(SignallingMessagesTest, AProduceIsReadInFull) {
  json message = Good("produce");
  message["data"]["paused"] = true;
  const auto produce = std::get<ProduceRequest>(Parsed(message).body);
  EXPECT_EQ(produce.transport_id, "t");
  EXPECT_EQ(produce.kind, controller::MediaKind::kAudio);
  EXPECT_EQ(produce.source, Source::kMicrophone);
  EXPECT_TRUE(produce.paused);
  ASSERT_EQ(produce.rtp_parameters.codecs.size(), 1u);
  EXPECT_EQ(produce.rtp_parameters.codecs[0].payload_type, 111);
}

TEST(SignallingMessagesTest, TheSizesOfLayersAreReadInTheirOrder) {
  json message = Good("produce");
  EXPECT_TRUE(std::get<ProduceRequest>(Parsed(message).body).layers.empty());
  message["data"]["layers"] = {{{"width", 320}, {"height", 180.0}}, {{"width", 16384}, {"height", 1}}};
  const auto layers = std::get<ProduceRequest>(Parsed(message).body).layers;
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].width, 320);
  EXPECT_EQ(layers[0].height, 180);
  EXPECT_EQ(layers[1].width, 16384);
}

TEST(SignallingMessagesTest, LayersAndPriorityOfAConsumerAreRead) {
  json message = Good("setLayers");
  auto layers = std::get<SetLayersRequest>(Parsed(message).body);
  EXPECT_EQ(layers.consumer_id, "c");
  EXPECT_EQ(layers.spatial_layer, 1);
  EXPECT_EQ(layers.temporal_layer, std::nullopt);
  message["data"]["temporalLayer"] = 0;
  EXPECT_EQ(std::get<SetLayersRequest>(Parsed(message).body).temporal_layer, 0);
  EXPECT_EQ(std::get<SetPriorityRequest>(Parsed(Good("setPriority")).body).priority, 10);
}

TEST(SignallingMessagesTest, NullAndUnknownFieldsArePassedOver) {
  json message = Good("join");
  message["data"]["rejoinKey"] = nullptr;
  message["data"]["shoeSize"] = 39;
  message["more"] = true;
  EXPECT_EQ(std::get<JoinRequest>(Parsed(message).body).rejoin_key, "");
  EXPECT_TRUE(std::holds_alternative<PingRequest>(Parsed({{"id", 0}, {"method", "ping"}}).body));
}

TEST(SignallingMessagesTest, WhatIsNoRequestIsABadMessage) {
  for (const char* text :
       {"", "hello", "[]", "3", "null", "{", "\"\xff\"", "{\"method\":\"ping\"}", R"({"id":-1,"method":"ping"})",
        R"({"id":1.5,"method":"ping"})", R"({"id":4294967296,"method":"ping"})", R"({"id":"1","method":"ping"})"}) {
    const Rejected rejected = RejectedText(text);
    EXPECT_EQ(rejected.error.code, ErrorCode::kBadMessage) << text;
    EXPECT_FALSE(rejected.id.has_value()) << text;
  }
  EXPECT_EQ(RejectedText(R"({"id":3})").id, 3u);
  EXPECT_EQ(RejectedText(R"({"id":3,"method":4})").error.field, "method");
}

TEST(SignallingMessagesTest, AnUnknownMethodIsNamedSo) {
  const Rejected rejected = RejectedText(R"({"id":3,"method":"dance","data":{}})");
  EXPECT_EQ(rejected.id, 3u);
  EXPECT_EQ(rejected.error.code, ErrorCode::kUnknownMethod);
}

TEST(SignallingMessagesTest, NestingThatIsVeryDeepIsOnlyABadMessage) {
  EXPECT_EQ(RejectedText(std::string(1'000'000, '[')).error.code, ErrorCode::kBadMessage);
  const std::string deep =
      R"({"id":1,"method":"ping","data":)" + std::string(500'000, '[') + std::string(500'000, ']') + "}";
  EXPECT_EQ(RejectedText(deep).error.field, "data");
}

struct Mistake {
  const char* method;
  const char* pointer;  // into data
  json value;           // discarded: the field is taken away
  ErrorCode code;
  const char* field;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.method << mistake.pointer; }

class SignallingMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(SignallingMistakeTest, IsRejectedWithTheFieldsName) {
  const Mistake& mistake = GetParam();
  json message = Good(mistake.method);
  const json::json_pointer pointer(mistake.pointer);
  if (mistake.value.is_discarded()) {
    message["data"].at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    message["data"][pointer] = mistake.value;
  }
  const Rejected rejected = RejectedText(message.dump());
  EXPECT_EQ(rejected.id, 7u);
  EXPECT_EQ(ToString(rejected.error.code), ToString(mistake.code)) << rejected.error.message;
  EXPECT_EQ(rejected.error.field, mistake.field) << rejected.error.message;
  EXPECT_TRUE(rejected.error.message.starts_with(mistake.field)) << rejected.error.message;
}

const json kMissing(json::value_t::discarded);

INSTANTIATE_TEST_SUITE_P(
    EveryField, SignallingMistakeTest,
    testing::Values(
        Mistake{"join", "/version", kMissing, ErrorCode::kInvalidField, "version"},
        Mistake{"join", "/version", "1", ErrorCode::kInvalidField, "version"},
        Mistake{"join", "/version", 2, ErrorCode::kVersion, "version"},
        Mistake{"join", "/room", kMissing, ErrorCode::kInvalidField, "room"},
        Mistake{"join", "/room", 5, ErrorCode::kInvalidField, "room"},
        Mistake{"join", "/room", "", ErrorCode::kInvalidRoom, "room"},
        Mistake{"join", "/room", "a b", ErrorCode::kInvalidRoom, "room"},
        Mistake{"join", "/name", kMissing, ErrorCode::kInvalidField, "name"},
        Mistake{"join", "/name", json::array(), ErrorCode::kInvalidField, "name"},
        Mistake{"join", "/name", " \t ", ErrorCode::kInvalidName, "name"},
        Mistake{"join", "/rejoinKey", 1, ErrorCode::kInvalidField, "rejoinKey"},
        Mistake{"join", "/rtpCapabilities", 1, ErrorCode::kInvalidField, "rtpCapabilities"},
        Mistake{"join",
                "/rtpCapabilities",
                {{"codecs", {{{"kind", "smell"}}}}},
                ErrorCode::kInvalidField,
                "rtpCapabilities.codecs[0].kind"},
        Mistake{"createTransport", "/direction", kMissing, ErrorCode::kInvalidField, "direction"},
        Mistake{"createTransport", "/direction", "up", ErrorCode::kInvalidField, "direction"},
        Mistake{"createTransport", "/rtpCapabilities", "all", ErrorCode::kInvalidField, "rtpCapabilities"},
        Mistake{"connectTransport", "/transportId", kMissing, ErrorCode::kInvalidField, "transportId"},
        Mistake{"connectTransport", "/transportId", "", ErrorCode::kInvalidField, "transportId"},
        Mistake{"connectTransport", "/dtlsParameters", kMissing, ErrorCode::kInvalidField, "dtlsParameters"},
        Mistake{"connectTransport", "/dtlsParameters/role", "boss", ErrorCode::kInvalidField, "dtlsParameters.role"},
        Mistake{"restartIce", "/transportId", 7, ErrorCode::kInvalidField, "transportId"},
        Mistake{"produce", "/transportId", kMissing, ErrorCode::kInvalidField, "transportId"},
        Mistake{"produce", "/kind", kMissing, ErrorCode::kInvalidField, "kind"},
        Mistake{"produce", "/kind", "smell", ErrorCode::kInvalidField, "kind"},
        Mistake{"produce", "/kind", "video", ErrorCode::kInvalidField, "source"},
        Mistake{"produce", "/source", "camera", ErrorCode::kInvalidField, "source"},
        Mistake{"produce", "/source", "nose", ErrorCode::kInvalidField, "source"},
        Mistake{"produce", "/source", kMissing, ErrorCode::kInvalidField, "source"},
        Mistake{"produce", "/paused", "no", ErrorCode::kInvalidField, "paused"},
        Mistake{"produce", "/rtpParameters", kMissing, ErrorCode::kInvalidField, "rtpParameters"},
        Mistake{"produce", "/rtpParameters/codecs/0/payloadType", 200, ErrorCode::kInvalidField,
                "rtpParameters.codecs[0].payloadType"},
        Mistake{"produce", "/layers", 3, ErrorCode::kInvalidField, "layers"},
        Mistake{"produce", "/layers", json(5, {{"width", 1}, {"height", 1}}), ErrorCode::kInvalidField, "layers"},
        Mistake{"produce", "/layers", {720}, ErrorCode::kInvalidField, "layers[0]"},
        Mistake{"produce", "/layers", {{{"width", 1}}}, ErrorCode::kInvalidField, "layers[0].height"},
        Mistake{"produce", "/layers", {{{"width", 0}, {"height", 1}}}, ErrorCode::kInvalidField, "layers[0].width"},
        Mistake{
            "produce", "/layers", {{{"width", 1}, {"height", 16385}}}, ErrorCode::kInvalidField, "layers[0].height"},
        Mistake{"pauseProducer", "/producerId", kMissing, ErrorCode::kInvalidField, "producerId"},
        Mistake{"resumeProducer", "/producerId", 3, ErrorCode::kInvalidField, "producerId"},
        Mistake{"closeProducer", "/producerId", "", ErrorCode::kInvalidField, "producerId"},
        Mistake{"consumerReady", "/consumerId", kMissing, ErrorCode::kInvalidField, "consumerId"},
        Mistake{"pauseConsumer", "/consumerId", true, ErrorCode::kInvalidField, "consumerId"},
        Mistake{"resumeConsumer", "/consumerId", "", ErrorCode::kInvalidField, "consumerId"},
        Mistake{"setLayers", "/consumerId", kMissing, ErrorCode::kInvalidField, "consumerId"},
        Mistake{"setLayers", "/spatialLayer", kMissing, ErrorCode::kInvalidField, "spatialLayer"},
        Mistake{"setLayers", "/spatialLayer", -1, ErrorCode::kInvalidField, "spatialLayer"},
        Mistake{"setLayers", "/spatialLayer", 256, ErrorCode::kInvalidField, "spatialLayer"},
        Mistake{"setLayers", "/spatialLayer", 0.5, ErrorCode::kInvalidField, "spatialLayer"},
        Mistake{"setLayers", "/temporalLayer", "2", ErrorCode::kInvalidField, "temporalLayer"},
        Mistake{"setPriority", "/consumerId", 1, ErrorCode::kInvalidField, "consumerId"},
        Mistake{"setPriority", "/priority", kMissing, ErrorCode::kInvalidField, "priority"},
        Mistake{"setPriority", "/priority", 0, ErrorCode::kInvalidField, "priority"},
        Mistake{"setPriority", "/priority", 256, ErrorCode::kInvalidField, "priority"}),
    [](const testing::TestParamInfo<Mistake>& info) {
      return std::string(info.param.method) + "_" + std::to_string(info.index);
    });

TEST(SignallingMessagesTest, ErrorsOfTheControllerKeepTheirFieldAndKind) {
  const Error invalid = ErrorFrom(absl::InvalidArgumentError("encodings[0].rid: is not unique"), "rtpParameters");
  EXPECT_EQ(invalid.code, ErrorCode::kInvalidField);
  EXPECT_EQ(invalid.field, "rtpParameters.encodings[0].rid");
  EXPECT_EQ(invalid.message, "rtpParameters.encodings[0].rid: is not unique");
  EXPECT_EQ(ErrorFrom(absl::InvalidArgumentError("no field here: or is there"), "x").field, "");
  EXPECT_EQ(ErrorFrom(absl::UnimplementedError("codec")).code, ErrorCode::kUnsupported);
  EXPECT_EQ(ErrorFrom(absl::UnavailableError("gone")).code, ErrorCode::kUnavailable);
  EXPECT_EQ(ErrorFrom(absl::DeadlineExceededError("late")).code, ErrorCode::kTimeout);
  EXPECT_EQ(ErrorFrom(absl::FailedPreconditionError("twice")).code, ErrorCode::kWrongState);
  EXPECT_EQ(ErrorFrom(absl::UnknownError("?")).code, ErrorCode::kInternal);
}

TEST(SignallingMessagesTest, AnswersAndEventsHaveTheirForm) {
  EXPECT_EQ(Answer(4), json::parse(R"({"id":4,"data":{}})"));
  EXPECT_EQ(ErrorAnswer(std::nullopt, {ErrorCode::kRoomFull, "", "Full."}),
            json::parse(R"({"id":null,"error":{"code":"roomFull","message":"Full."}})"));
  EXPECT_EQ(ErrorAnswer(5, {ErrorCode::kInvalidField, "x", "x: is wrong"}),
            json::parse(R"({"id":5,"error":{"code":"invalidField","field":"x","message":"x: is wrong"}})"));
  EXPECT_EQ(Event("peerLeft", {{"peerId", "p"}}), json::parse(R"({"event":"peerLeft","data":{"peerId":"p"}})"));
}

}  // namespace
}  // namespace sluice::conference
