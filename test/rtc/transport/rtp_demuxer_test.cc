#include "rtc/transport/rtp_demuxer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;

constexpr uint8_t kMidId = 1, kRidId = 2, kRepairedRidId = 3;

std::span<const uint8_t> Text(const char* text) { return {reinterpret_cast<const uint8_t*>(text), strlen(text)}; }

class RtpDemuxerTest : public testing::Test {
 protected:
  RtpDemuxerTest() : transport_(world_.AddTransport("t")) {}

  // A producer with `mid`, and a RID for each of `rids` (none: one open encoding).
  Producer* Add(const std::string& id, const std::string& mid, std::vector<std::string> rids) {
    ProducerConfig config = VideoProducer(id, VideoParameters(0, 0));
    RtpParameters& params = config.rtp_parameters;
    params.mid = mid;
    params.header_extensions = {{.uri = rtp::HeaderExtension::kMid, .id = kMidId},
                                {.uri = rtp::HeaderExtension::kRid, .id = kRidId},
                                {.uri = rtp::HeaderExtension::kRepairedRid, .id = kRepairedRidId}};
    params.encodings.clear();
    for (const std::string& rid : rids) params.encodings.push_back({.rid = rid});
    if (rids.empty()) params.encodings.push_back({});
    config.rtp_mapping.encodings.resize(params.encodings.size());
    auto producer = transport_.AddProducer(config);
    status_ = producer.status();
    return producer.ok() ? *producer : nullptr;
  }
  std::optional<RtpDemuxer::Target> Find(uint32_t ssrc, uint8_t payload_type,
                                         std::vector<rtp::ExtensionElement> extensions) {
    const Datagram bytes = MakeRtp({.ssrc = ssrc, .payload_type = payload_type, .extensions = std::move(extensions)});
    return demuxer().Find(*rtp::PacketView::Parse(bytes));
  }
  RtpDemuxer& demuxer() { return const_cast<RtpDemuxer&>(transport_.demuxer()); }

  MediaWorld world_;
  Transport& transport_;
  absl::Status status_;
};

TEST_F(RtpDemuxerTest, FindsAnEncodingByMidAndRidAndBindsTheSsrc) {
  Producer* producer = Add("p", "v", {"l", "h"});
  const auto found = Find(70, 101, {{kMidId, Text("v")}, {kRidId, Text("h")}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->producer, producer);
  EXPECT_EQ(found->stream, 1);
  EXPECT_FALSE(found->is_rtx);
  EXPECT_EQ(Find(70, 101, {})->stream, 1);
}

TEST_F(RtpDemuxerTest, FindsTheRtxStreamByTheRepairedRid) {
  Add("p", "v", {"l", "h"});
  const auto found = Find(71, 102, {{kMidId, Text("v")}, {kRepairedRidId, Text("l")}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->stream, 0);
  EXPECT_TRUE(found->is_rtx);
}

TEST_F(RtpDemuxerTest, TellsProducersWithTheSameRidsApartByMid) {
  Add("p", "v", {"l", "h"});
  Producer* other = Add("q", "w", {"l", "h"});
  EXPECT_EQ(Find(70, 101, {{kMidId, Text("w")}, {kRidId, Text("l")}})->producer, other);
}

TEST_F(RtpDemuxerTest, FindsAnOpenEncodingByMidAndPayloadType) {
  Producer* producer = Add("p", "v", {});
  EXPECT_FALSE(Find(70, 99, {{kMidId, Text("v")}}));
  EXPECT_FALSE(Find(70, 101, {{kMidId, Text("x")}}));
  EXPECT_EQ(Find(70, 101, {{kMidId, Text("v")}})->producer, producer);
  EXPECT_TRUE(Find(71, 102, {{kMidId, Text("v")}})->is_rtx);
}

TEST_F(RtpDemuxerTest, WithoutMidTakesTheOnlyOpenEncodingAndNoneOfTwo) {
  Producer* producer = Add("p", "", {});
  EXPECT_EQ(Find(70, 101, {})->producer, producer);
  Add("q", "", {});
  EXPECT_FALSE(Find(71, 101, {}));
}

TEST_F(RtpDemuxerTest, KeepsOneSsrcForAnEncodingHoweverManyAPeerInvents) {
  Add("p", "v", {"l", "h"});
  for (uint32_t ssrc = 100; ssrc < 5100; ++ssrc) Find(ssrc, 101, {{kMidId, Text("v")}, {kRidId, Text("h")}});
  EXPECT_EQ(demuxer().SsrcTable().size(), 1u);
  EXPECT_FALSE(demuxer().FindSsrc(Ssrc(100)));
}

TEST_F(RtpDemuxerTest, RefusesAMidThatIsTakenAndRidsThatCouldNotBeTold) {
  Add("p", "v", {"l"});
  EXPECT_EQ(Add("q", "v", {"x"}), nullptr);
  EXPECT_THAT(std::string(status_.message()), testing::StartsWith("rtpParameters.mid"));
  EXPECT_EQ(Add("q", "", {"l"}), nullptr);
  EXPECT_THAT(std::string(status_.message()), testing::HasSubstr("rid"));
}

TEST_F(RtpDemuxerTest, ForgetsAProducerWithEverythingBoundToIt) {
  Producer* producer = Add("p", "v", {"l"});
  Find(70, 101, {{kMidId, Text("v")}, {kRidId, Text("l")}});
  transport_.RemoveProducer(*producer);
  EXPECT_FALSE(demuxer().FindSsrc(Ssrc(70)));
  EXPECT_TRUE(demuxer().MidTable().empty());
}

}  // namespace
}  // namespace sluice
