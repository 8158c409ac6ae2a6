// Log lines over the pipe: by level and by tag, and switched while running.
#include <gmock/gmock.h>

#include "test/worker/webrtc_worker.h"

namespace sluice {
namespace {

using testing::HasSubstr;

class WorkerLogTest : public WebRtcWorkerTest {
 protected:
  void Set(const char* level, const std::vector<std::string>& tags) {
    fbs::worker::UpdateSettingsRequestT settings;
    settings.log_level = level;
    settings.log_tags = tags;
    Accept(worker_.Request(Method::WorkerUpdateSettings, "", Body::WorkerUpdateSettings,
                           fbs::worker::CreateUpdateSettingsRequest(worker_.b, &settings).Union()));
  }
  // A connection from beginning to end.
  void LiveAndDie() {
    const Made made = Create("t", {Listen(Protocol::kUdp)});
    WebRtcPeer peer;
    ASSERT_TRUE(peer.Open(Protocol::kUdp, made.candidates[0].address));
    Accept(Connect("t", fbs::webrtc::DtlsRole::Client, peer.fingerprints()));
    ASSERT_TRUE(peer.Check(made.ice));
    peer.StartDtls(DtlsRole::kClient, made.fingerprints[2]);
    ASSERT_TRUE(peer.RunUntilDtls(DtlsState::kConnected));
    ASSERT_NE(AwaitDtls("t").first, fbs::webrtc::DtlsState::Failed);
    fbs::transport::SetMaxOutgoingBitrateRequestT rate;
    rate.max_outgoing_bitrate = 1'000'000;
    Accept(worker_.Request(Method::TransportSetMaxOutgoingBitrate, "t", Body::TransportSetMaxOutgoingBitrate,
                           fbs::transport::CreateSetMaxOutgoingBitrateRequest(worker_.b, &rate).Union()));
    CloseTransport("t");
  }
};

class WorkerLogTagTest : public WorkerLogTest,
                         public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(WorkerLogTagTest, HasALineOfItsOwn) {
  const auto [tag, line] = GetParam();
  Set("debug", {tag});
  LiveAndDie();
  EXPECT_THAT(worker_.AwaitLog('D'), HasSubstr(line));
}

INSTANTIATE_TEST_SUITE_P(Tags, WorkerLogTagTest,
                         testing::Values(std::pair("info", "transport"), std::pair("ice", "ICE"),
                                         std::pair("dtls", "DTLS"), std::pair("rtp", "RTP"), std::pair("rtx", "RTX"),
                                         std::pair("srtp", "SRTP"), std::pair("rtcp", "RTCP"),
                                         std::pair("bwe", "bitrate")));

TEST_F(WorkerLogTest, NoDebugLinesWithoutTheirTagOrLevel) {
  Set("debug", {"simulcast", "no such tag"});
  LiveAndDie();
  Set("warn", {"info", "ice", "dtls"});
  LiveAndDie();
  const auto* line = worker_.Await([](const fbs::message::Message& m) { return m.data_as_Log() != nullptr; }, 200);
  EXPECT_EQ(line, nullptr) << line->data_as_Log()->data()->str();
}

TEST_F(WorkerLogTest, AFailedRequestIsAWarning) {
  Set("error", {});
  ASSERT_FALSE(worker_.Request(Method::RouterDump, "nobody")->accepted());
  Set("warn", {});
  ASSERT_FALSE(worker_.Request(Method::RouterDump, "somebody")->accepted());
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("somebody"));
}

}  // namespace
}  // namespace sluice
