// Layers and who has the floor: what pages ask and hear of them.
#include <gtest/gtest.h>

#include "test/conference/call/app_fixture.h"

namespace sluice::conference {
namespace {

class LayersTest : public AppTest {
 protected:
  // Null unless the server has exactly one.
  std::shared_ptr<controller::Consumer> OnlyConsumer() const {
    std::shared_ptr<controller::Consumer> only;
    for (const auto& [id, router] : app_->workers().worker(0)->routers()) {
      for (const auto& [transport_id, transport] : router->transports()) {
        for (const auto& [consumer_id, consumer] : transport->consumers()) {
          EXPECT_EQ(only, nullptr);
          only = consumer;
        }
      }
    }
    return only;
  }
};

// Three spatial layers, by three RIDs.
json Picture(const std::string& transport) {
  const auto encoding = [](const char* rid) { return json{{"rid", rid}, {"scalabilityMode", "L1T3"}}; };
  return {{"transportId", transport},
          {"kind", "video"},
          {"source", "camera"},
          {"layers",
           {{{"width", 320}, {"height", 180}}, {{"width", 640}, {"height", 360}}, {{"width", 1280}, {"height", 720}}}},
          {"rtpParameters",
           {{"mid", "1"},
            {"codecs", {{{"mimeType", "video/VP8"}, {"payloadType", 96}, {"clockRate", 90000}}}},
            {"headerExtensions", {{{"uri", "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"}, {"id", 2}}}},
            {"encodings", {encoding("r0"), encoding("r1"), encoding("r2")}},
            {"rtcp", {{"cname", "c"}}}}}};
}
TEST_F(LayersTest, APageHearsTheSizesOfLayersAndAsksForOne) {
  Start();
  auto ada = Joined("demo", "Ada");
  auto ben = Joined("demo", "Ben");
  MakeTransport(*ben, "recv");
  const json picture = Picture(MakeTransport(*ada, "send"));
  const json produced = ada->Ask("produce", picture);
  ASSERT_TRUE(produced.contains("data")) << produced;
  const json consumer = ben->AwaitEvent("newConsumer");
  EXPECT_EQ(consumer["type"], "simulcast");
  EXPECT_EQ(consumer["layers"], picture["layers"]);

  json ask{{"consumerId", consumer["consumerId"]}, {"spatialLayer", 0}};
  for (int spatial : {0, 1, 2, 255}) {
    ask["spatialLayer"] = spatial;
    EXPECT_TRUE(ben->Ask("setLayers", ask).contains("data")) << spatial;
  }
  ask["temporalLayer"] = 1;
  EXPECT_TRUE(ben->Ask("setLayers", ask).contains("data"));
  const std::shared_ptr<controller::Consumer> made = OnlyConsumer();
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->preferred_layers(), (controller::ConsumerLayers{2, 1})) << "what is too high is the highest";
  EXPECT_TRUE(ben->Ask("setPriority", {{"consumerId", consumer["consumerId"]}, {"priority", 10}}).contains("data"));
  EXPECT_EQ(made->priority(), 10);
  EXPECT_EQ(ErrorCodeOf(ben->Ask("setLayers", {{"consumerId", "nonsense"}, {"spatialLayer", 0}})), "notFound");
  EXPECT_EQ(ErrorCodeOf(ben->Ask("setPriority", {{"consumerId", "nonsense"}, {"priority", 1}})), "notFound");
}

TEST_F(LayersTest, TheLayersThatAConsumerGetsAreTold) {
  Start();
  auto ada = Joined("demo", "Ada");
  auto ben = Joined("demo", "Ben");
  MakeTransport(*ben, "recv");
  ada->Ask("produce", Picture(MakeTransport(*ada, "send")));
  const json consumer = ben->AwaitEvent("newConsumer");
  const std::shared_ptr<controller::Consumer> made = OnlyConsumer();
  ASSERT_NE(made, nullptr);
  made->on.layers_changed(controller::ConsumerLayers{1, 2});
  EXPECT_EQ(ben->AwaitEvent("layersChanged"),
            (json{{"consumerId", consumer["consumerId"]}, {"layers", {{"spatialLayer", 1}, {"temporalLayer", 2}}}}));
  made->on.layers_changed(std::nullopt);
  EXPECT_EQ(ben->AwaitEvent("layersChanged")["layers"], nullptr);
}

TEST_F(LayersTest, WhoHasTheFloorIsToldToEverybodyUntilThatOneLeaves) {
  Start();
  auto ada = Connect();
  const json joined = Join(*ada, "demo", "Ada");
  EXPECT_EQ(joined.at("activeSpeaker"), nullptr);
  auto ben = Joined("demo", "Ben");
  ada->Ask("produce", Sound(MakeTransport(*ada, "send")));
  ben->AwaitEvent("newProducer");
  const controller::Router& router = *app_->workers().worker(0)->routers().begin()->second;
  ASSERT_EQ(router.rtp_observers().size(), 1u);
  auto& speakers = static_cast<controller::ActiveSpeakerObserver&>(*router.rtp_observers().begin()->second);
  speakers.on.dominant_speaker(router.FindProducer(router.transports().begin()->second->producers().begin()->first));
  for (WebClient* client : {ada.get(), ben.get()}) {
    EXPECT_EQ(client->AwaitEvent("activeSpeaker")["peerId"], joined["peerId"]);
  }
  auto cleo = Connect();
  EXPECT_EQ(Join(*cleo, "demo", "Cleo")["activeSpeaker"], joined["peerId"]);
  ada->Disconnect();
  EXPECT_EQ(ben->AwaitEvent("activeSpeaker")["peerId"], nullptr);
}

}  // namespace
}  // namespace sluice::conference
