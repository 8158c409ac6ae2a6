#include "controller/ortc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sluice::controller {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kMid[] = "urn:ietf:params:rtp-hdrext:sdes:mid";
constexpr char kDependencyDescriptor[] =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
constexpr char kRid[] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
constexpr char kAbsSendTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
constexpr char kTransportCc[] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr char kAudioLevel[] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
constexpr char kAbsCaptureTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

RtpCodecCapability Opus() {
  return {.kind = MediaKind::kAudio,
          .mime_type = "audio/opus",
          .clock_rate = 48000,
          .channels = 2,
          .parameters = {{"useinbandfec", 1}, {"foo", std::string("bar")}}};
}
RtpCodecCapability Video(const char* mime_type, Parameters parameters = {}) {
  return {.kind = MediaKind::kVideo, .mime_type = mime_type, .clock_rate = 90000, .parameters = std::move(parameters)};
}
RtpCodecCapability H264(const char* profile_level_id, int32_t packetization_mode = 1) {
  return Video("video/H264", {{"packetization-mode", packetization_mode},
                              {"level-asymmetry-allowed", 1},
                              {"profile-level-id", std::string(profile_level_id)}});
}

RtpCapabilities Router(const std::vector<RtpCodecCapability>& codecs) {
  absl::StatusOr<RtpCapabilities> router = RouterRtpCapabilities(codecs);
  EXPECT_TRUE(router.ok()) << router.status();
  return router.value_or(RtpCapabilities());
}

RtpCodecParameters Sent(const RtpCodecCapability& codec, uint8_t payload_type) {
  return {.mime_type = codec.mime_type,
          .payload_type = payload_type,
          .clock_rate = codec.clock_rate,
          .channels = codec.channels,
          .parameters = codec.parameters};
}
RtpCodecParameters SentRtx(uint8_t payload_type, uint8_t apt) {
  return {.mime_type = "video/rtx",
          .payload_type = payload_type,
          .clock_rate = 90000,
          .parameters = {{"apt", int32_t{apt}}}};
}
RtpParameters SentSimulcast() {
  return {.mid = "1",
          .codecs = {Sent(Video("video/VP8"), 96), SentRtx(97, 96)},
          .header_extensions = {{.uri = kMid, .id = 4}, {.uri = kRid, .id = 10}},
          .encodings = {{.rid = "r0", .scalability_mode = "L1T3", .max_bitrate = 100'000},
                        {.rid = "r1", .scalability_mode = "L1T3", .max_bitrate = 900'000},
                        {.rid = "r2", .scalability_mode = "L1T3", .max_bitrate = 500'000}},
          .rtcp = {.cname = "me"},
          .msid = "- track"};
}

// What a client has that can do all that the router can.
RtpCapabilities ClientOf(const RtpCapabilities& router) { return router; }

RtpParameters Consumable(MediaKind kind, RtpParameters sent, const RtpCapabilities& router) {
  absl::StatusOr<RtpMapping> mapping = ProducerRtpMapping(sent, router);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  AnswerProducerFormats(sent, router, *mapping);
  return ConsumableRtpParameters(kind, sent, router, *mapping);
}

bool HasFeedback(const RtpCodecParameters& codec, const char* type, const char* parameter = "") {
  return std::count(codec.rtcp_feedback.begin(), codec.rtcp_feedback.end(), RtcpFeedback{type, parameter}) == 1;
}
bool HasExtension(const RtpParameters& parameters, const char* uri) {
  return std::any_of(parameters.header_extensions.begin(), parameters.header_extensions.end(),
                     [&](const auto& e) { return e.uri == uri; });
}
void RemoveExtension(RtpCapabilities& capabilities, const char* uri) {
  std::erase_if(capabilities.header_extensions, [&](const auto& e) { return e.uri == uri; });
}

// ---- the router ----

TEST(RouterRtpCapabilitiesTest, CountsPayloadTypesFrom100AndAddsRtxToVideo) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8"), H264("42e01f")});
  ASSERT_EQ(router.codecs.size(), 5u);
  EXPECT_EQ(router.codecs[0].preferred_payload_type, 100);
  EXPECT_EQ(router.codecs[1].preferred_payload_type, 101);
  EXPECT_EQ(router.codecs[2].mime_type, "video/rtx");
  EXPECT_EQ(router.codecs[2].preferred_payload_type, 102);
  EXPECT_EQ(router.codecs[2].parameters.at("apt"), ParameterValue(101));
  EXPECT_EQ(router.codecs[3].preferred_payload_type, 103);
  EXPECT_EQ(router.codecs[4].parameters.at("apt"), ParameterValue(103));
  EXPECT_EQ(router.header_extensions, SupportedRtpCapabilities().header_extensions);
  EXPECT_TRUE(ValidateRtpCapabilities(router).ok());
}

TEST(RouterRtpCapabilitiesTest, MergesParametersAndKeepsOurFeedback) {
  RtpCodecCapability vp8 = Video("VIDEO/vp8", {{"x-google-start-bitrate", 1000}});
  vp8.rtcp_feedback = {{"made", "up"}};
  const RtpCapabilities router = Router({Opus(), vp8});
  EXPECT_EQ(router.codecs[0].parameters.at("foo"), ParameterValue(std::string("bar")));
  EXPECT_EQ(router.codecs[0].rtcp_feedback, (std::vector<RtcpFeedback>{{"nack", ""}, {"transport-cc", ""}}));
  EXPECT_EQ(router.codecs[1].mime_type, "video/VP8");
  EXPECT_EQ(router.codecs[1].parameters.at("x-google-start-bitrate"), ParameterValue(1000));
  EXPECT_EQ(router.codecs[1].rtcp_feedback.size(), 5u);
}

TEST(RouterRtpCapabilitiesTest, OffersCongestionFeedbackWhereItIsAskedFor) {
  const RtcpFeedback ccfb{"ack", "ccfb"};
  RtpCodecCapability asking = Video("video/VP8");
  asking.rtcp_feedback = {ccfb, {"made", "up"}};
  const auto offers = [&](const RtpCodecCapability& codec) {
    return std::ranges::count(Router({codec}).codecs[0].rtcp_feedback, ccfb);
  };
  EXPECT_EQ(offers(Video("video/VP8")), 0);
  EXPECT_EQ(offers(asking), 1);
  EXPECT_EQ(std::ranges::count(Router({asking}).codecs[0].rtcp_feedback, RtcpFeedback{"made", "up"}), 0);
}

TEST(RouterRtpCapabilitiesTest, KeepsPreferredAndStaticPayloadTypes) {
  RtpCodecCapability vp8 = Video("video/VP8");
  vp8.preferred_payload_type = 100;  // named second: the first must not take it
  const RtpCapabilities router =
      Router({Opus(), vp8, {.kind = MediaKind::kAudio, .mime_type = "audio/PCMA", .clock_rate = 8000}});
  EXPECT_EQ(router.codecs[0].preferred_payload_type, 101);
  EXPECT_EQ(router.codecs[1].preferred_payload_type, 100);
  EXPECT_EQ(router.codecs[2].preferred_payload_type, 102);
  EXPECT_EQ(router.codecs[3].preferred_payload_type, 8);
}

TEST(RouterRtpCapabilitiesTest, RefusesAPayloadTypeThatIsThereTwice) {
  RtpCodecCapability vp8 = Video("video/VP8");
  vp8.preferred_payload_type = 110;
  RtpCodecCapability vp9 = Video("video/VP9");
  vp9.preferred_payload_type = 110;
  const absl::Status status = RouterRtpCapabilities({vp8, vp9}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), StartsWith("codecs[1].preferredPayloadType: 110"));
}

TEST(RouterRtpCapabilitiesTest, RefusesMoreCodecsThanThereArePayloadTypes) {
  std::vector<RtpCodecCapability> codecs(16, Video("video/VP9"));
  EXPECT_TRUE(RouterRtpCapabilities(codecs).ok());  // 16 and their RTX: all of 96-127
  codecs.push_back(Opus());
  EXPECT_EQ(RouterRtpCapabilities(codecs).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RouterRtpCapabilitiesTest, RefusesWhatIsNotSupported) {
  for (RtpCodecCapability codec : {Video("video/H263"), Video("video/rtx", {{"apt", 96}}),
                                   RtpCodecCapability{.mime_type = "audio/opus", .clock_rate = 48000, .channels = 4},
                                   RtpCodecCapability{.mime_type = "audio/opus", .clock_rate = 16000, .channels = 2}}) {
    const absl::Status status = RouterRtpCapabilities({Opus(), codec}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << codec.mime_type;
    EXPECT_THAT(std::string(status.message()), StartsWith("codecs[1].mimeType: ")) << codec.mime_type;
  }
}

TEST(RouterRtpCapabilitiesTest, TellsMultiChannelOpusByItsStreams) {
  const RtpCodecCapability quad{
      .kind = MediaKind::kAudio,
      .mime_type = "audio/multiopus",
      .clock_rate = 48000,
      .channels = 4,
      .parameters = {{"num_streams", 2}, {"coupled_streams", 2}, {"channel_mapping", std::string("0,1,2,3")}}};
  EXPECT_EQ(Router({quad}).codecs.at(0).channels, 4);
  RtpCodecCapability other = quad;
  other.parameters["num_streams"] = 3;
  EXPECT_FALSE(RouterRtpCapabilities({other}).ok());
}

// ---- validation ----

struct WrongParameters {
  const char* message;
  void (*spoil)(RtpParameters&);
};
class ValidateRtpParametersTest : public ::testing::TestWithParam<WrongParameters> {};

TEST_P(ValidateRtpParametersTest, NamesTheField) {
  RtpParameters parameters = SentSimulcast();
  ASSERT_TRUE(ValidateRtpParameters(parameters).ok()) << ValidateRtpParameters(parameters);
  GetParam().spoil(parameters);
  const absl::Status status = ValidateRtpParameters(parameters);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), StartsWith(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, ValidateRtpParametersTest,
    ::testing::Values(
        WrongParameters{"codecs: is empty", [](RtpParameters& p) { p.codecs.clear(); }},
        WrongParameters{"codecs: has 129 entries", [](RtpParameters& p) { p.codecs.resize(129); }},
        WrongParameters{"codecs[0].mimeType: ", [](RtpParameters& p) { p.codecs[0].mime_type = "text/plain"; }},
        WrongParameters{"codecs[0].mimeType: ", [](RtpParameters& p) { p.codecs[0].mime_type = "video/"; }},
        WrongParameters{"codecs[0].clockRate: ", [](RtpParameters& p) { p.codecs[0].clock_rate = 0; }},
        WrongParameters{"codecs[0].channels: ", [](RtpParameters& p) { p.codecs[0].channels = 0; }},
        WrongParameters{"codecs[0].payloadType: ", [](RtpParameters& p) { p.codecs[0].payload_type = 128; }},
        WrongParameters{"codecs[1].payloadType: 96 is there twice",
                        [](RtpParameters& p) { p.codecs[1].payload_type = 96; }},
        WrongParameters{"codecs[0].rtcpFeedback[0].type: ", [](RtpParameters& p) { p.codecs[0].rtcp_feedback = {{}}; }},
        WrongParameters{"codecs[0].parameters.x: is longer",
                        [](RtpParameters& p) { p.codecs[0].parameters["x"] = std::string(2000, 'x'); }},
        WrongParameters{"codecs[1].parameters.apt: ", [](RtpParameters& p) { p.codecs[1].parameters.clear(); }},
        WrongParameters{"codecs[1].parameters.apt: must", [](RtpParameters& p) { p.codecs[1].parameters["apt"] = -1; }},
        WrongParameters{"codecs[1].parameters.apt: names no", [](RtpParameters& p) { p.codecs[0].payload_type = 98; }},
        WrongParameters{"codecs[1].parameters.apt: names no",  // itself
                        [](RtpParameters& p) { p.codecs[1].parameters["apt"] = 97; }},
        WrongParameters{"codecs[0]: is RTX", [](RtpParameters& p) { std::swap(p.codecs[0], p.codecs[1]); }},
        WrongParameters{"headerExtensions[1].uri: ", [](RtpParameters& p) { p.header_extensions[1].uri = "urn:x"; }},
        WrongParameters{"headerExtensions[1].id: ", [](RtpParameters& p) { p.header_extensions[1].id = 0; }},
        WrongParameters{"headerExtensions[1].id: 4 is there twice",
                        [](RtpParameters& p) { p.header_extensions[1].id = 4; }},
        WrongParameters{"encodings: has 17", [](RtpParameters& p) { p.encodings.resize(17); }},
        WrongParameters{"encodings[1]: has neither", [](RtpParameters& p) { p.encodings[1].rid = ""; }},
        WrongParameters{"encodings[1].rid: is there twice", [](RtpParameters& p) { p.encodings[1].rid = "r0"; }},
        WrongParameters{"encodings[0].ssrc: must not be 0", [](RtpParameters& p) { p.encodings[0].ssrc = 0; }},
        WrongParameters{"encodings[2].rtx.ssrc: is there twice",
                        [](RtpParameters& p) { p.encodings[0].ssrc = p.encodings[2].rtx_ssrc = 5; }},
        WrongParameters{"encodings[0].codecPayloadType: ",
                        [](RtpParameters& p) { p.encodings[0].codec_payload_type = 97; }},
        WrongParameters{"mid: is longer", [](RtpParameters& p) { p.mid = std::string(1025, 'm'); }},
        WrongParameters{"rtcp.cname: is longer", [](RtpParameters& p) { p.rtcp.cname = std::string(1025, 'c'); }}));

TEST(ValidateRtpCapabilitiesTest, NamesTheField) {
  auto message = [](RtpCapabilities c) { return std::string(ValidateRtpCapabilities(c).message()); };
  RtpCapabilities good = Router({Opus(), Video("video/VP8")});
  EXPECT_TRUE(ValidateRtpCapabilities(good).ok());
  RtpCapabilities bad = good;
  bad.codecs[1].kind = MediaKind::kAudio;
  EXPECT_THAT(message(bad), StartsWith("codecs[1].kind: "));
  bad = good;
  bad.codecs[1].preferred_payload_type = 200;
  EXPECT_THAT(message(bad), StartsWith("codecs[1].preferredPayloadType: "));
  bad = good;
  bad.header_extensions[3].uri = "";
  EXPECT_THAT(message(bad), StartsWith("headerExtensions[3].uri: "));
  bad = good;
  bad.header_extensions[3].preferred_id = 0;
  EXPECT_THAT(message(bad), StartsWith("headerExtensions[3].preferredId: "));
  bad.header_extensions.assign(200, good.header_extensions[0]);
  EXPECT_THAT(message(bad), StartsWith("headerExtensions: has 200"));
}

// ---- the producer ----

TEST(ProducerRtpMappingTest, MapsPayloadTypesAndGivesEveryEncodingItsSsrc) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8")});
  absl::StatusOr<RtpMapping> mapping = ProducerRtpMapping(SentSimulcast(), router);
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(mapping->codecs, (std::vector<RtpMapping::Codec>{{96, 101}, {97, 102}}));
  ASSERT_EQ(mapping->encodings.size(), 3u);
  EXPECT_EQ(mapping->encodings[1].rid, "r1");
  EXPECT_EQ(mapping->encodings[1].scalability_mode, "L1T3");
  EXPECT_EQ(mapping->encodings[1].mapped_ssrc, mapping->encodings[0].mapped_ssrc + 1);
  EXPECT_EQ(mapping->encodings[2].mapped_ssrc, mapping->encodings[0].mapped_ssrc + 2);
}

TEST(ProducerRtpMappingTest, RefusesACodecThatTheRouterDoesNotHave) {
  const absl::Status status = ProducerRtpMapping(SentSimulcast(), Router({Opus(), Video("video/VP9")})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), StartsWith("codecs[0]: "));
}

TEST(ProducerRtpMappingTest, FindsTheH264OfTheSameProfileAndMode) {
  const RtpCapabilities router = Router({H264("640032"), H264("42e01f", 0), H264("42e01f", 1)});
  const uint8_t high = *router.codecs[0].preferred_payload_type;
  const uint8_t mode_0 = *router.codecs[2].preferred_payload_type;
  const uint8_t mode_1 = *router.codecs[4].preferred_payload_type;
  auto mapped = [&](const RtpCodecCapability& codec) {
    absl::StatusOr<RtpMapping> mapping = ProducerRtpMapping({.codecs = {Sent(codec, 96)}}, router);
    return mapping.ok() ? mapping->codecs[0].mapped_payload_type : 0;
  };
  EXPECT_EQ(mapped(H264("64001f")), high);  // another level of the same profile
  EXPECT_EQ(mapped(H264("42e034", 0)), mode_0);
  EXPECT_EQ(mapped(H264("42c01f", 1)), mode_1);  // constrained baseline in another spelling
  EXPECT_EQ(mapped(Video("video/h264", {{"packetization-mode", 1}})), mode_1);  // what WebRTC takes by default
  EXPECT_EQ(mapped(H264("4d0032")), 0);
  EXPECT_EQ(mapped(H264("nonsense")), 0);
}

TEST(ProducerRtpMappingTest, TellsProfilesOfVp9AndAv1Apart) {
  const RtpCapabilities router = Router({Video("video/VP9", {{"profile-id", 2}}), Video("video/AV1")});
  auto ok = [&](const RtpCodecCapability& codec) {
    return ProducerRtpMapping({.codecs = {Sent(codec, 96)}}, router).ok();
  };
  EXPECT_TRUE(ok(Video("video/VP9", {{"profile-id", 2}})));
  EXPECT_TRUE(ok(Video("video/VP9", {{"profile-id", std::string("2")}})));
  EXPECT_FALSE(ok(Video("video/VP9")));
  EXPECT_TRUE(ok(Video("video/AV1", {{"profile", 0}, {"level-idx", 5}})));
  EXPECT_FALSE(ok(Video("video/AV1", {{"profile", 1}})));
}

TEST(ConsumableRtpParametersTest, SpeaksTheRoutersNumbers) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8")});
  RtpParameters sent = SentSimulcast();
  sent.codecs[0].parameters["x"] = 1;
  absl::StatusOr<RtpMapping> mapping = ProducerRtpMapping(sent, router);
  const RtpParameters consumable = ConsumableRtpParameters(MediaKind::kVideo, sent, router, *mapping);
  ASSERT_EQ(consumable.codecs.size(), 2u);
  EXPECT_EQ(consumable.codecs[0].payload_type, 101);
  EXPECT_EQ(consumable.codecs[0].parameters.at("x"), ParameterValue(1));
  EXPECT_EQ(consumable.codecs[0].rtcp_feedback, router.codecs[1].rtcp_feedback);
  EXPECT_EQ(consumable.codecs[1].payload_type, 102);
  ASSERT_EQ(consumable.encodings.size(), 3u);
  EXPECT_EQ(consumable.encodings[2].ssrc, mapping->encodings[2].mapped_ssrc);
  EXPECT_EQ(consumable.encodings[2].rid, "");
  EXPECT_EQ(consumable.encodings[2].max_bitrate, 500'000u);
  EXPECT_EQ(consumable.rtcp.cname, "me");
  EXPECT_EQ(consumable.msid, "- track");
}

TEST(ConsumableRtpParametersTest, SaysTheH264LevelThatBothKeep) {
  auto level = [](const RtpCodecCapability& ours, const RtpCodecCapability& theirs) {
    const RtpParameters consumable = Consumable(MediaKind::kVideo, {.codecs = {Sent(theirs, 96)}}, Router({ours}));
    return consumable.codecs[0].parameters.at("profile-level-id");
  };
  EXPECT_EQ(level(H264("42e01f"), H264("42e034")), ParameterValue(std::string("42e034")));
  RtpCodecCapability high = H264("42e034");
  high.parameters.erase("level-asymmetry-allowed");
  EXPECT_EQ(level(H264("42e01f"), high), ParameterValue(std::string("42e01f")));
}

TEST(ConsumableRtpParametersTest, OffersRtxEvenIfTheProducerHasNone) {
  RtpParameters sent = SentSimulcast();
  sent.codecs.pop_back();
  EXPECT_EQ(Consumable(MediaKind::kVideo, sent, Router({Video("video/VP8")})).codecs.size(), 2u);
}

TEST(ConsumableRtpParametersTest, KeepsTheExtensionsThatTheRouterMaySendForThisKind) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8")});
  const RtpParameters video = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  EXPECT_TRUE(HasExtension(video, kMid));
  EXPECT_TRUE(HasExtension(video, kTransportCc));
  EXPECT_FALSE(HasExtension(video, kRid));         // only received
  EXPECT_FALSE(HasExtension(video, kAudioLevel));  // not for video
  const RtpParameters audio = Consumable(MediaKind::kAudio, {.codecs = {Sent(Opus(), 111)}, .encodings = {{}}}, router);
  EXPECT_TRUE(HasExtension(audio, kAudioLevel));
  EXPECT_FALSE(HasExtension(audio, kTransportCc));
}

TEST(ConsumableRtpParametersTest, OffersCaptureTimesOnlyOfAProducerThatSendsThem) {
  const RtpCapabilities router = Router({Video("video/VP8")});
  RtpParameters sent = SentSimulcast();
  EXPECT_FALSE(HasExtension(Consumable(MediaKind::kVideo, sent, router), kAbsCaptureTime));
  sent.header_extensions.push_back({.uri = kAbsCaptureTime, .id = 13});
  EXPECT_TRUE(HasExtension(Consumable(MediaKind::kVideo, sent, router), kAbsCaptureTime));
}

// ---- the consumer ----

TEST(CanConsumeTest, NeedsAMediaCodecInCommon) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8"), Video("video/VP9")});
  const RtpParameters consumable = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  EXPECT_TRUE(CanConsume(consumable, ClientOf(router)));
  EXPECT_FALSE(CanConsume(consumable, Router({Opus(), Video("video/VP9")})));  // RTX alone is not enough
  EXPECT_FALSE(CanConsume(consumable, {}));
  RtpCapabilities broken = router;
  broken.codecs[0].clock_rate = 0;
  EXPECT_FALSE(CanConsume(consumable, broken));
}

TEST(ConsumerRtpParametersTest, FoldsSimulcastIntoOneEncoding) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8")});
  const RtpParameters consumable = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  absl::StatusOr<RtpParameters> consumer = ConsumerRtpParameters(consumable, ClientOf(router), {});
  ASSERT_TRUE(consumer.ok()) << consumer.status();
  ASSERT_EQ(consumer->encodings.size(), 1u);
  EXPECT_GE(*consumer->encodings[0].ssrc, 100'000'000u);
  EXPECT_EQ(consumer->encodings[0].rtx_ssrc, *consumer->encodings[0].ssrc + 1);
  EXPECT_EQ(consumer->encodings[0].scalability_mode, "L3T3");
  EXPECT_EQ(consumer->encodings[0].max_bitrate, 900'000u);
  EXPECT_EQ(consumer->rtcp.cname, "me");
  EXPECT_EQ(consumer->msid, "- track");
  ASSERT_EQ(consumer->codecs.size(), 2u);
  EXPECT_EQ(consumer->codecs[0].payload_type, 101);
  EXPECT_TRUE(ValidateRtpParameters(*consumer).ok()) << ValidateRtpParameters(*consumer);
}

TEST(ConsumerRtpParametersTest, KeepsTheLayersOfOneStream) {
  const RtpCapabilities router = Router({Video("video/VP9")});
  const RtpParameters sent{.codecs = {Sent(Video("video/VP9"), 98)}, .encodings = {{.scalability_mode = "L3T3_KEY"}}};
  absl::StatusOr<RtpParameters> consumer =
      ConsumerRtpParameters(Consumable(MediaKind::kVideo, sent, router), ClientOf(router), {});
  ASSERT_TRUE(consumer.ok());
  EXPECT_EQ(consumer->encodings[0].scalability_mode, "L3T3_KEY");
}

TEST(ConsumerRtpParametersTest, HasRtxForVideoAndNotForAudioUnlessToldOtherwise) {
  const RtpCapabilities router = Router({Opus(), Video("video/VP8")});
  const RtpParameters video = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  absl::StatusOr<RtpParameters> without = ConsumerRtpParameters(video, ClientOf(router), {.enable_rtx = false});
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(without->codecs.size(), 1u);
  EXPECT_FALSE(without->encodings[0].rtx_ssrc.has_value());
  EXPECT_FALSE(HasFeedback(without->codecs[0], "nack"));
  EXPECT_TRUE(HasFeedback(without->codecs[0], "nack", "pli"));

  const RtpParameters audio = Consumable(MediaKind::kAudio, {.codecs = {Sent(Opus(), 111)}, .encodings = {{}}}, router);
  absl::StatusOr<RtpParameters> plain = ConsumerRtpParameters(audio, ClientOf(router), {});
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(HasFeedback(plain->codecs[0], "nack"));
  absl::StatusOr<RtpParameters> repaired = ConsumerRtpParameters(audio, ClientOf(router), {.enable_rtx = true});
  ASSERT_TRUE(repaired.ok());
  EXPECT_TRUE(HasFeedback(repaired->codecs[0], "nack"));
}

TEST(ConsumerRtpParametersTest, DropsRtxThatTheClientDoesNotKnow) {
  const RtpCapabilities router = Router({Video("video/VP8")});
  RtpCapabilities client = ClientOf(router);
  std::erase_if(client.codecs, [](const auto& codec) { return codec.mime_type == "video/rtx"; });
  absl::StatusOr<RtpParameters> consumer =
      ConsumerRtpParameters(Consumable(MediaKind::kVideo, SentSimulcast(), router), client, {});
  ASSERT_TRUE(consumer.ok());
  EXPECT_EQ(consumer->codecs.size(), 1u);
  EXPECT_FALSE(consumer->encodings[0].rtx_ssrc.has_value());
}

TEST(ConsumerRtpParametersTest, TakesFeedbackOfTheClientReducedToOneEstimator) {
  const RtpCapabilities router = Router({Video("video/VP8")});
  const RtpParameters consumable = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  RtpCapabilities client = ClientOf(router);
  auto codec = [&] {
    absl::StatusOr<RtpParameters> consumer = ConsumerRtpParameters(consumable, client, {});
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return consumer->codecs[0];
  };
  EXPECT_TRUE(HasFeedback(codec(), "transport-cc"));
  EXPECT_FALSE(HasFeedback(codec(), "goog-remb"));
  RemoveExtension(client, kTransportCc);
  EXPECT_FALSE(HasFeedback(codec(), "transport-cc"));
  EXPECT_TRUE(HasFeedback(codec(), "goog-remb"));
  RemoveExtension(client, kAbsSendTime);
  EXPECT_FALSE(HasFeedback(codec(), "transport-cc"));
  EXPECT_FALSE(HasFeedback(codec(), "goog-remb"));
  std::erase(client.codecs[0].rtcp_feedback, RtcpFeedback{"ccm", "fir"});
  EXPECT_FALSE(HasFeedback(codec(), "ccm", "fir"));
}

TEST(ConsumerRtpParametersTest, KeepsOnlyExtensionsThatBothKnowUnderTheSameId) {
  const RtpCapabilities router = Router({Video("video/VP8")});
  const RtpParameters consumable = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  RtpCapabilities client = ClientOf(router);
  RemoveExtension(client, kAbsSendTime);
  for (RtpHeaderExtension& e : client.header_extensions) {
    if (e.uri == kMid) e.preferred_id = 14;
  }
  absl::StatusOr<RtpParameters> consumer = ConsumerRtpParameters(consumable, client, {});
  ASSERT_TRUE(consumer.ok());
  EXPECT_FALSE(HasExtension(*consumer, kAbsSendTime));
  EXPECT_FALSE(HasExtension(*consumer, kMid));
  EXPECT_TRUE(HasExtension(*consumer, kTransportCc));
}

TEST(ConsumerRtpParametersTest, RefusesAClientThatCanReceiveNothingOfIt) {
  const RtpCapabilities router = Router({Video("video/VP8"), Video("video/VP9")});
  const RtpParameters consumable = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  EXPECT_EQ(ConsumerRtpParameters(consumable, Router({Video("video/VP9")}), {}).status().code(),
            absl::StatusCode::kUnimplemented);
  RtpCapabilities broken = router;
  broken.codecs[0].mime_type = "";
  EXPECT_EQ(ConsumerRtpParameters(consumable, broken, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ConsumerRtpParametersTest, HasDependencyDescriptorsOnlyWhereTheRouterWasToldToSendThem) {
  const RtpCapabilities plain = Router({Video("video/AV1")});
  EXPECT_FALSE(SendsDescriptors(plain));
  const RtpCapabilities router = RouterRtpCapabilities({Video("video/AV1")}, /*descriptors=*/true).value();
  EXPECT_TRUE(SendsDescriptors(router));
  const RtpParameters sent{.codecs = {Sent(Video("video/AV1"), 96)},
                           .header_extensions = {{.uri = kDependencyDescriptor, .id = 12}},
                           .encodings = {{.ssrc = 1, .scalability_mode = "L3T3_KEY"}}};
  const auto consumed = [&](const RtpCapabilities& with, const RtpCapabilities& client) {
    return ConsumerRtpParameters(Consumable(MediaKind::kVideo, sent, with), client, {}).value();
  };
  EXPECT_FALSE(HasExtension(consumed(plain, ClientOf(router)), kDependencyDescriptor));
  EXPECT_TRUE(HasExtension(consumed(router, ClientOf(router)), kDependencyDescriptor));
  RtpCapabilities client = ClientOf(router);
  RemoveExtension(client, kDependencyDescriptor);
  EXPECT_FALSE(HasExtension(consumed(router, client), kDependencyDescriptor));

  const RtpParameters piped = PipeConsumerRtpParameters(Consumable(MediaKind::kVideo, sent, router), true).value();
  EXPECT_EQ(std::ranges::count(piped.header_extensions, kDependencyDescriptor, &RtpHeaderExtensionParameters::uri), 1);
}

TEST(ConsumerRtpParametersTest, PipesKeepEveryStream) {
  const RtpCapabilities router = Router({Video("video/VP8")});
  absl::StatusOr<RtpParameters> consumer =
      ConsumerRtpParameters(Consumable(MediaKind::kVideo, SentSimulcast(), router), ClientOf(router), {.pipe = true});
  ASSERT_TRUE(consumer.ok());
  ASSERT_EQ(consumer->encodings.size(), 3u);
  EXPECT_EQ(consumer->encodings[1].scalability_mode, "L1T3");
  EXPECT_TRUE(ValidateRtpParameters(*consumer).ok()) << ValidateRtpParameters(*consumer);  // all SSRCs differ
}

TEST(PipeConsumerRtpParametersTest, PassesEverythingOnButBandwidthEstimation) {
  const RtpCapabilities router = Router({Video("video/VP8")});
  const RtpParameters consumable = Consumable(MediaKind::kVideo, SentSimulcast(), router);
  absl::StatusOr<RtpParameters> plain = PipeConsumerRtpParameters(consumable, /*enable_rtx=*/false);
  ASSERT_TRUE(plain.ok());
  ASSERT_EQ(plain->codecs.size(), 1u);
  EXPECT_EQ(plain->codecs[0].rtcp_feedback, (std::vector<RtcpFeedback>{{"nack", "pli"}, {"ccm", "fir"}}));
  EXPECT_EQ(plain->encodings.size(), 3u);
  EXPECT_FALSE(plain->encodings[0].rtx_ssrc.has_value());
  for (const char* uri : {kMid, kAbsSendTime, kTransportCc}) EXPECT_FALSE(HasExtension(*plain, uri)) << uri;
  EXPECT_TRUE(HasExtension(*plain, kDependencyDescriptor));
  EXPECT_TRUE(std::is_sorted(plain->header_extensions.begin(), plain->header_extensions.end(),
                             [](const auto& a, const auto& b) { return a.id < b.id; }));
  EXPECT_EQ(plain->rtcp.cname, "me");
  EXPECT_EQ(plain->mid, "");

  absl::StatusOr<RtpParameters> repaired = PipeConsumerRtpParameters(consumable, /*enable_rtx=*/true);
  ASSERT_TRUE(repaired.ok());
  EXPECT_EQ(repaired->codecs.size(), 2u);
  EXPECT_TRUE(HasFeedback(repaired->codecs[0], "nack"));
  EXPECT_TRUE(repaired->encodings[2].rtx_ssrc.has_value());
  EXPECT_TRUE(ValidateRtpParameters(*repaired).ok()) << "all SSRCs differ";
}

// ---- codecs of which there are several forms ----

TEST(H265Test, MatchesByProfileTierAndTransmissionMode) {
  const RtpCapabilities router = Router({Video("video/H265", {{"profile-id", 1}, {"level-id", 120}})});
  auto ok = [&](Parameters parameters) {
    return ProducerRtpMapping({.codecs = {Sent(Video("video/H265", std::move(parameters)), 96)}}, router).ok();
  };
  EXPECT_TRUE(ok({})) << "the Main profile is what is meant when nothing is said";
  EXPECT_TRUE(ok({{"profile-id", std::string("1")}, {"tier-flag", 0}, {"tx-mode", std::string("srst")}}));
  EXPECT_TRUE(ok({{"level-id", 180}}));
  EXPECT_FALSE(ok({{"profile-id", 2}}));
  EXPECT_FALSE(ok({{"tier-flag", 1}}));
  EXPECT_FALSE(ok({{"tx-mode", std::string("MRST")}}));
}

TEST(H265Test, TheLevelIsTheLowerOne) {
  const RtpCapabilities router = Router({Video("video/H265", {{"level-id", 120}})});
  auto level = [&](Parameters parameters) {
    return Consumable(MediaKind::kVideo, {.codecs = {Sent(Video("video/H265", std::move(parameters)), 96)}}, router)
        .codecs[0]
        .parameters.at("level-id");
  };
  EXPECT_EQ(level({{"level-id", 180}}), ParameterValue(120));
  EXPECT_EQ(level({{"level-id", 90}}), ParameterValue(90));
  EXPECT_EQ(level({}), ParameterValue(93));
}

TEST(RedTest, NamesThePayloadTypeThatItCarries) {
  RtpCodecCapability opus = Opus();
  opus.preferred_payload_type = 111;
  const RtpCodecCapability red{.mime_type = "audio/red", .clock_rate = 48000, .channels = 2};
  const RtpCapabilities router = Router({red, opus});
  EXPECT_TRUE(router.codecs[0].parameters.contains("111/111"));
  auto ok = [&](const char* blocks) {
    RtpCodecCapability sent = red;
    sent.parameters[blocks] = std::string();
    return ProducerRtpMapping({.codecs = {Sent(sent, 63), Sent(opus, 111)}}, router).ok();
  };
  EXPECT_TRUE(ok("111/111"));
  EXPECT_TRUE(ok("111/111/111"));
  EXPECT_FALSE(ok("96/96")) << "the router does not translate what is in the packet";
  EXPECT_EQ(RouterRtpCapabilities({red}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ComfortNoiseTest, EveryRateIsACodecOfItsOwn) {
  for (uint32_t rate : {8000u, 16000u, 32000u}) {
    const RtpCapabilities router = Router({{.mime_type = "audio/CN", .clock_rate = rate}});
    EXPECT_EQ(router.codecs[0].preferred_payload_type, 13);
    EXPECT_EQ(router.codecs[0].clock_rate, rate);
  }
  EXPECT_FALSE(RouterRtpCapabilities({{.mime_type = "audio/CN", .clock_rate = 48000}}).ok());
}

TEST(TelephoneEventTest, EveryRateIsACodecOfItsOwn) {
  for (uint32_t rate : {8000u, 16000u, 32000u, 48000u}) {
    const RtpCapabilities router = Router({{.mime_type = "audio/telephone-event", .clock_rate = rate}});
    EXPECT_EQ(router.codecs[0].preferred_payload_type, 100);
    EXPECT_EQ(router.codecs[0].clock_rate, rate);
  }
}

// ---- layers ----

TEST(ScalabilityModeTest, ReadsLayers) {
  EXPECT_EQ(ParseScalabilityMode("L1T3"), (ScalabilityMode{1, 3, false}));
  EXPECT_EQ(ParseScalabilityMode("S3T3"), (ScalabilityMode{3, 3, false}));
  EXPECT_EQ(ParseScalabilityMode("L3T2_KEY"), (ScalabilityMode{3, 2, true}));
  EXPECT_EQ(ParseScalabilityMode("L2T2h"), (ScalabilityMode{2, 2, false}));
  EXPECT_EQ(ParseScalabilityMode("L20T10"), (ScalabilityMode{20, 10, false}));
}

TEST(ScalabilityModeTest, TakesAnythingElseForOneLayer) {
  for (const char* mode : {"", "L", "L1", "L1T", "L0T1", "L1T0", "T1", "X2T2", "2T2", "LxTy"}) {
    EXPECT_EQ(ParseScalabilityMode(mode), ScalabilityMode()) << mode;
  }
}

}  // namespace
}  // namespace sluice::controller
