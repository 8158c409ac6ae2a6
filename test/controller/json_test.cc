#include "controller/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::controller {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// As Chromium's mediasoup-client sends them.
json SendParameters() {
  return json::parse(R"({
    "mid": "0",
    "codecs": [
      {"mimeType": "video/VP8", "payloadType": 96, "clockRate": 90000, "parameters": {},
       "rtcpFeedback": [{"type": "goog-remb", "parameter": ""}, {"type": "nack", "parameter": "pli"}]},
      {"mimeType": "video/rtx", "payloadType": 97, "clockRate": 90000, "parameters": {"apt": 96}, "rtcpFeedback": []}
    ],
    "headerExtensions": [{"uri": "urn:ietf:params:rtp-hdrext:sdes:mid", "id": 4, "encrypt": false, "parameters": {}}],
    "encodings": [
      {"rid": "r0", "active": true, "scalabilityMode": "L1T3", "maxBitrate": 500000, "dtx": false},
      {"ssrc": 4294967295, "rtx": {"ssrc": 7}}
    ],
    "rtcp": {"cname": "abcd", "reducedSize": true, "mux": true},
    "msid": "stream track"
  })");
}

TEST(JsonTest, ReadsWhatAClientSends) {
  absl::StatusOr<RtpParameters> parameters = RtpParametersFromJson(SendParameters());
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  EXPECT_EQ(parameters->mid, "0");
  EXPECT_EQ(parameters->msid, "stream track");
  EXPECT_EQ(parameters->rtcp.cname, "abcd");
  ASSERT_EQ(parameters->codecs.size(), 2u);
  EXPECT_EQ(parameters->codecs[0].rtcp_feedback[1], (RtcpFeedback{"nack", "pli"}));
  EXPECT_EQ(parameters->codecs[1].parameters.at("apt"), ParameterValue(int32_t{96}));
  ASSERT_EQ(parameters->encodings.size(), 2u);
  EXPECT_EQ(parameters->encodings[0].rid, "r0");
  EXPECT_EQ(parameters->encodings[0].max_bitrate, 500000u);
  EXPECT_EQ(parameters->encodings[1].ssrc, 4294967295u);
  EXPECT_EQ(parameters->encodings[1].rtx_ssrc, 7u);
}

TEST(JsonTest, RtpParametersSurviveARoundTrip) {
  absl::StatusOr<RtpParameters> parameters = RtpParametersFromJson(SendParameters());
  ASSERT_TRUE(parameters.ok());
  absl::StatusOr<RtpParameters> again = RtpParametersFromJson(ToJson(*parameters));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *parameters);
}

TEST(JsonTest, CapabilitiesOfEverythingSupportedSurviveARoundTrip) {
  const RtpCapabilities& all = SupportedRtpCapabilities();
  absl::StatusOr<RtpCapabilities> again = RtpCapabilitiesFromJson(ToJson(all));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, all);
}

TEST(JsonTest, ParameterValuesKeepTheirKind) {
  json sent = SendParameters();
  sent["codecs"][0]["parameters"] = {{"int", -3},  {"whole", 4.0},    {"half", 0.5},  {"big", 4e9},
                                     {"text", ""}, {"none", nullptr}, {"flag", true}, {"list", {1, 2}}};
  absl::StatusOr<RtpParameters> parameters = RtpParametersFromJson(sent);
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  const Parameters& p = parameters->codecs[0].parameters;
  EXPECT_EQ(p.at("int"), ParameterValue(int32_t{-3}));
  EXPECT_EQ(p.at("whole"), ParameterValue(int32_t{4}));
  EXPECT_EQ(p.at("half"), ParameterValue(0.5));
  EXPECT_EQ(p.at("big"), ParameterValue(4e9));
  EXPECT_EQ(p.at("text"), ParameterValue(std::string()));
  EXPECT_EQ(p.at("none"), ParameterValue(std::string()));
  EXPECT_EQ(p.at("flag"), ParameterValue(true));
  EXPECT_EQ(p.at("list"), ParameterValue(std::vector<int32_t>{1, 2}));
}

struct WrongField {
  const char* pointer;  // where, RFC 6901
  json value;
  const char* message;  // how the error begins
};
class WrongRtpParametersTest : public ::testing::TestWithParam<WrongField> {};

TEST_P(WrongRtpParametersTest, NamesTheField) {
  json sent = SendParameters();
  sent[json::json_pointer(GetParam().pointer)] = GetParam().value;
  absl::StatusOr<RtpParameters> parameters = RtpParametersFromJson(sent);
  ASSERT_FALSE(parameters.ok());
  EXPECT_EQ(parameters.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(parameters.status().message()), StartsWith(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongRtpParametersTest,
    ::testing::Values(
        WrongField{"/mid", 1, "rtpParameters.mid: must be a string"},
        WrongField{"/codecs", nullptr, "rtpParameters.codecs: is missing"},
        WrongField{"/codecs", json::object(), "rtpParameters.codecs: must be an array"},
        WrongField{"/codecs/0", 5, "rtpParameters.codecs[0]: must be an object"},
        WrongField{"/codecs/1/mimeType", nullptr, "rtpParameters.codecs[1].mimeType: is missing"},
        WrongField{"/codecs/1/payloadType", 128, "rtpParameters.codecs[1].payloadType: must be a whole number from 0"},
        WrongField{"/codecs/1/payloadType", -1, "rtpParameters.codecs[1].payloadType: must be a whole number"},
        WrongField{"/codecs/1/payloadType", 96.5, "rtpParameters.codecs[1].payloadType: must be a whole number"},
        WrongField{"/codecs/1/payloadType", "96", "rtpParameters.codecs[1].payloadType: must be a whole number"},
        WrongField{"/codecs/0/clockRate", 1e300, "rtpParameters.codecs[0].clockRate: must be a whole number"},
        WrongField{"/codecs/0/clockRate", 0, "rtpParameters.codecs[0].clockRate: must be a whole number from 1"},
        WrongField{"/codecs/0/channels", 300, "rtpParameters.codecs[0].channels: must be a whole number"},
        WrongField{"/codecs/0/parameters", "x", "rtpParameters.codecs[0].parameters: must be an object"},
        WrongField{"/codecs/0/parameters/deep", json::object(), "rtpParameters.codecs[0].parameters.deep: must be a"},
        WrongField{"/codecs/0/parameters/list", {0.5}, "rtpParameters.codecs[0].parameters.list: must be a"},
        WrongField{"/codecs/0/rtcpFeedback/1/type", 1, "rtpParameters.codecs[0].rtcpFeedback[1].type: must be a"},
        WrongField{"/headerExtensions/0/id", 0, "rtpParameters.headerExtensions[0].id: must be a whole number"},
        WrongField{"/headerExtensions/0/uri", nullptr, "rtpParameters.headerExtensions[0].uri: is missing"},
        WrongField{"/encodings/0/ssrc", 4294967296, "rtpParameters.encodings[0].ssrc: must be a whole number"},
        WrongField{"/encodings/1/rtx", 5, "rtpParameters.encodings[1].rtx: must be an object"},
        WrongField{"/encodings/1/rtx/ssrc", nullptr, "rtpParameters.encodings[1].rtx.ssrc: is missing"},
        WrongField{"/encodings/1/dtx", "yes", "rtpParameters.encodings[1].dtx: must be true or false"},
        WrongField{"/rtcp", json::array(), "rtpParameters.rtcp: must be an object"},
        WrongField{"/rtcp/cname", 1, "rtpParameters.rtcp.cname: must be a string"}));

TEST(JsonTest, AValueThatIsNoObjectIsRefused) {
  for (const json& value : {json(), json(1), json("x"), json::array()}) {
    EXPECT_FALSE(RtpParametersFromJson(value).ok());
    EXPECT_FALSE(RtpCapabilitiesFromJson(value).ok());
    EXPECT_FALSE(DtlsParametersFromJson(value).ok());
    EXPECT_FALSE(MediaKindFromJson(value).ok());
  }
}

TEST(JsonTest, WrongCapabilitiesNameTheField) {
  json sent = ToJson(SupportedRtpCapabilities());
  sent["codecs"][3]["kind"] = "text";
  absl::StatusOr<RtpCapabilities> capabilities = RtpCapabilitiesFromJson(sent, "caps");
  EXPECT_THAT(std::string(capabilities.status().message()), StartsWith("caps.codecs[3].kind: must be"));

  sent = ToJson(SupportedRtpCapabilities());
  sent["headerExtensions"][2]["direction"] = "up";
  EXPECT_THAT(std::string(RtpCapabilitiesFromJson(sent).status().message()),
              HasSubstr("headerExtensions[2].direction"));
}

TEST(JsonTest, DtlsParametersNeedAFingerprintAndARoleThatExists) {
  json sent{{"role", "client"}, {"fingerprints", {{{"algorithm", "sha-256"}, {"value", "AB:CD"}}}}};
  absl::StatusOr<DtlsParameters> parameters = DtlsParametersFromJson(sent);
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  EXPECT_EQ(parameters->role, DtlsRole::kClient);
  EXPECT_EQ(parameters->fingerprints, (std::vector<DtlsFingerprint>{{"sha-256", "AB:CD"}}));
  EXPECT_EQ(ToJson(*parameters), sent);

  sent["role"] = "boss";
  EXPECT_THAT(std::string(DtlsParametersFromJson(sent).status().message()), StartsWith("dtlsParameters.role: "));
  sent["role"] = "server";
  sent["fingerprints"] = json::array();
  EXPECT_THAT(std::string(DtlsParametersFromJson(sent).status().message()),
              StartsWith("dtlsParameters.fingerprints: "));
}

TEST(JsonTest, CandidatesHaveWhatAClientLooksFor) {
  const IceCandidate tcp{
      .foundation = "tcpcandidate", .priority = 9, .address = "::1", .protocol = Protocol::kTcp, .port = 44};
  EXPECT_EQ(ToJson(tcp), json({{"foundation", "tcpcandidate"},
                               {"priority", 9},
                               {"ip", "::1"},
                               {"address", "::1"},
                               {"protocol", "tcp"},
                               {"port", 44},
                               {"type", "host"},
                               {"tcpType", "passive"}}));
  EXPECT_FALSE(ToJson(IceCandidate{.address = "::1"}).contains("tcpType"));
}

}  // namespace
}  // namespace sluice::controller
