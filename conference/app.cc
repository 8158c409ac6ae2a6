#include "conference/app.h"

#include <fmt/format.h>

#include <utility>

namespace sluice::conference {
namespace {

WorkerPoolOptions PoolOptions(const Options& options, const Limits& limits, const std::vector<std::string>& local) {
  WorkerPoolOptions pool{.workers = options.workers, .media_codecs = DefaultMediaCodecs(), .limits = limits};
  pool.worker.binary = options.worker_binary;
  pool.worker.log_level = options.log_level == "debug" ? "debug" : "warn";
  pool.listen_infos = [address = options.listen.address, announce = options.announce, port = options.media_port,
                       local](size_t index) { return MediaListenInfos(address, announce, port, index, local); };
  return pool;
}

}  // namespace

App::App(uv_loop_t* loop, Options options, const Limits& limits)
    : loop_(loop),
      options_(std::move(options)),
      limits_(limits),
      local_addresses_(LocalAddresses()),
      pool_(loop, PoolOptions(options_, limits_, local_addresses_)),
      conference_(pool_, limits_) {}

App::~App() = default;

void App::Start(controller::DoneCallback done) {
  pool_.Start([this, done = std::move(done)](const absl::Status& started) mutable {
    const absl::Status status = started.ok() ? Serve() : started;
    if (!status.ok()) Stop();
    done(status);
  });
}

absl::Status App::Serve() {
  absl::StatusOr<WebFiles> files = WebFiles::Read(options_.web_directory);
  if (!files.ok()) return files.status();
  WebServerOptions web{.address = options_.listen.address,
                       .port = options_.listen.port,
                       .certificate_file = options_.certificate_file,
                       .key_file = options_.key_file,
                       .origins = options_.origins,
                       .limits = limits_};
  web_ = std::make_unique<WebServer>(loop_, std::move(web), *std::move(files), conference_,
                                     [this] { return GetHealth(); });
  return web_->Listen();
}

void App::Stop() {
  if (web_ != nullptr) web_->Close();
  pool_.Close();
}

Health App::GetHealth() const {
  const size_t running = pool_.running();
  return {.ok = running > 0,
          .details = {{"status", running == pool_.size() ? "ok"
                                 : running > 0           ? "degraded"
                                                         : "down"},
                      {"workers", pool_.size()},
                      {"workersRunning", running},
                      {"rooms", conference_.rooms()},
                      {"participants", conference_.peers()}}};
}

std::string App::Welcome() const {
  const Endpoint listen{options_.listen.address, port()};
  const Advice advice = Advise(listen, options_.tls(), options_.announce, local_addresses_);
  std::string text = fmt::format(
      "\nSluice is running, with {} media worker{}.\n\n"
      "  Open  {}r/demo  in two tabs, give a name in each, and you see and hear yourself twice.\n"
      "  Every /r/<name> is a room of its own. Ctrl+C ends the server.\n\n",
      pool_.size(), pool_.size() == 1 ? "" : "s", advice.url);
  for (const std::string& sentence : advice.sentences) text += fmt::format("  Note: {}\n", sentence);
  return text;
}

}  // namespace sluice::conference
