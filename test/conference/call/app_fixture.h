// The whole server with real workers; pages are WebSocket clients without media.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "conference/app.h"
#include "test/conference/page.h"
#include "test/conference/web_client.h"

namespace sluice::conference {

using nlohmann::json;

inline std::string ErrorCodeOf(const json& answer) { return answer.value("/error/code"_json_pointer, ""); }

class AppTest : public testing::Test {
 protected:
  void Start(size_t workers = 1, const Limits& limits = {}) {
    Options options;
    options.listen = {"127.0.0.1", 0};
    options.workers = workers;
    options.worker_binary = SLUICE_WORKER;
    options.web_directory = MakePage();
    app_ = std::make_unique<App>(loop_.get(), options, limits);
    std::optional<absl::Status> started;
    app_->Start([&](const absl::Status& status) { started = status; });
    ASSERT_TRUE(loop_.RunUntil([&] { return started.has_value(); }));
    ASSERT_TRUE(started->ok()) << *started;
  }
  void TearDown() override {
    if (app_ != nullptr) app_->Stop();
    uv_run(loop_.get(), UV_RUN_DEFAULT);
  }

  std::unique_ptr<WebClient> Connect() {
    auto client = std::make_unique<WebClient>(loop_, app_->port());
    EXPECT_EQ(client->Upgrade(), 101);
    return client;
  }
  static json TryJoin(WebClient& client, const std::string& room, const std::string& name, json more = json::object()) {
    more.update({{"version", 1}, {"room", room}, {"name", name}});
    return client.Ask("join", more);
  }
  static json Join(WebClient& client, const std::string& room, const std::string& name) {
    const json answer = TryJoin(client, room, name);
    EXPECT_TRUE(answer.contains("data")) << answer;
    return answer.value("data", json::object());
  }
  static std::string MakeTransport(WebClient& client, const std::string& direction) {
    const json answer = client.Ask("createTransport", {{"direction", direction}});
    EXPECT_TRUE(answer.contains("data")) << answer;
    return answer.value("/data/transportId"_json_pointer, "");
  }
  static json Sound(const std::string& transport, bool paused = false) {
    return {{"transportId", transport},
            {"kind", "audio"},
            {"source", "microphone"},
            {"paused", paused},
            {"rtpParameters",
             {{"mid", "0"},
              {"codecs", {{{"mimeType", "audio/opus"}, {"payloadType", 111}, {"clockRate", 48000}, {"channels", 2}}}},
              {"encodings", {{{"ssrc", 11111111}}}},
              {"rtcp", {{"cname", "c"}}}}}};
  }
  std::unique_ptr<WebClient> Joined(const std::string& room, const std::string& name) {
    auto client = Connect();
    Join(*client, room, name);
    return client;
  }

  controller::Loop loop_;
  std::unique_ptr<App> app_;
};

}  // namespace sluice::conference
