// Starts a worker, makes a router and a WebRTC transport in it, prints what a client would be told, and ends.
//   controller-example PATH-OF-SLUICE-WORKER
#include <uv.h>

#include <cstdio>

#include "controller/json.h"
#include "controller/worker.h"

namespace {

using namespace sluice::controller;  // NOLINT(google-build-using-namespace): it is an example of using it

int exit_code = 1;

void GiveUp(const absl::Status& status, const std::shared_ptr<Worker>& worker) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  if (worker) worker->Close();
}

void OnTransport(std::shared_ptr<Worker> worker, absl::StatusOr<std::shared_ptr<WebRtcTransport>> transport) {
  if (!transport.ok()) return GiveUp(transport.status(), worker);
  const nlohmann::json answer{{"id", (*transport)->id()},
                              {"iceParameters", ToJson((*transport)->ice_parameters())},
                              {"iceCandidates", ToJson((*transport)->ice_candidates())},
                              {"dtlsParameters", ToJson((*transport)->dtls_parameters())}};
  std::printf("%s\n", answer.dump(2).c_str());
  exit_code = 0;
  worker->Close();
}

void OnRouter(std::shared_ptr<Worker> worker, absl::StatusOr<std::shared_ptr<Router>> router) {
  if (!router.ok()) return GiveUp(router.status(), worker);
  (*router)->CreateWebRtcTransport({.listen_infos = {{.ip = "127.0.0.1"}}},
                                   [worker](auto transport) { OnTransport(worker, std::move(transport)); });
}

void OnWorker(absl::StatusOr<std::shared_ptr<Worker>> worker) {
  if (!worker.ok()) return GiveUp(worker.status(), nullptr);
  (*worker)->on.died = [](const absl::Status& why) { std::fprintf(stderr, "%s\n", why.ToString().c_str()); };
  const RtpCodecCapability opus{.mime_type = "audio/opus", .clock_rate = 48000, .channels = 2};
  const RtpCodecCapability vp8{.kind = MediaKind::kVideo, .mime_type = "video/VP8", .clock_rate = 90000};
  (*worker)->CreateRouter({.media_codecs = {opus, vp8}},
                          [worker = *worker](auto router) { OnRouter(worker, std::move(router)); });
}

}  // namespace

int main(int argc, char** argv) {
  uv_loop_t* loop = uv_default_loop();
  Worker::Start(loop, {.binary = argc > 1 ? argv[1] : "sluice-worker"}, OnWorker);
  uv_run(loop, UV_RUN_DEFAULT);
  uv_loop_close(loop);
  return exit_code;
}
