#include "worker/worker.h"

#include <openssl/rand.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "worker/event_log.h"
#include "worker/notifications.h"
#include "worker/requests.h"

namespace sluice {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& name, std::string_view argument) {
  std::ifstream file(name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && text.empty())
    return absl::InvalidArgumentError(fmt::format("--{}: cannot read {}", argument, name));
  return text;
}

absl::StatusOr<DtlsCertificate> CertificateFor(const Settings& settings) {
  if (settings.dtls_certificate_file.empty()) return DtlsCertificate::Generate();
  auto certificate = ReadFile(settings.dtls_certificate_file, "dtlsCertificateFile");
  if (!certificate.ok()) return certificate.status();
  auto key = ReadFile(settings.dtls_private_key_file, "dtlsPrivateKeyFile");
  if (!key.ok()) return key.status();
  auto loaded = DtlsCertificate::FromPem(*certificate, *key);
  if (loaded.ok()) return loaded;
  return absl::InvalidArgumentError(
      fmt::format("--dtlsCertificateFile, --dtlsPrivateKeyFile: {}", std::string(loaded.status().message())));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Worker>> Worker::Create(uv_loop_t* loop, const Settings& settings, int in_fd, int out_fd,
                                                       OnEnd on_end) {
  auto certificate = CertificateFor(settings);
  if (!certificate.ok()) return certificate.status();
  auto dtls = DtlsContext::Create(*std::move(certificate));
  if (!dtls.ok()) return dtls.status();
  uint64_t seed = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof(seed)) != 1) {
    return absl::InternalError("no random numbers");
  }
  std::unique_ptr<Worker> worker(new Worker(loop, settings, *std::move(dtls), seed, std::move(on_end)));
  if (!worker->channel_.Open(in_fd, out_fd)) {
    return absl::FailedPreconditionError("descriptors 3 and 4 are no pipes: start it from a controller");
  }
  return worker;
}

Worker::Worker(uv_loop_t* loop, const Settings& settings, std::unique_ptr<DtlsContext> dtls, uint64_t seed,
               OnEnd on_end)
    : on_end_(std::move(on_end)),
      channel_(loop, /*pause_when_full=*/true,
               {.on_message = [this](const fbs::message::Message& m, bool body_good) { OnMessage(m, body_good); },
                .on_unreadable = [this](std::string_view what) { core_.log.Error("control pipe: {}", what); },
                .on_end = [this](std::string_view why) { End(why); }}),
      core_(loop, settings, std::move(dtls), seed,
            [this](const Outbox& outbox) {
              LogEvents(core_.log, core_.objects, outbox);
              notifier_.Tell(outbox);
            }),
      notifier_(channel_, core_.objects) {
  core_.log.Attach(&channel_);
  core_.log.SetLevel(settings.log_level);
  core_.log.SetTags(settings.log_tags);
}

Worker::~Worker() {
  // Farewells need a turn; what it has to tell goes to a pipe that may be gone, which is fine.
  core_.media.End();
  Turn& turn = core_.media.Begin();
  for (auto& router : core_.routers) {
    for (auto& object : router->observers) core_.media.Forget(*object->observer);
    for (auto& object : router->transports) {
      core_.media.Forget(*object->transport);
      core_.objects.Remove(object->id);
      router->router->CloseTransport(*object->transport, turn);
    }
  }
  core_.media.End();
  core_.log.Attach(nullptr);
}

void Worker::Start() {
  notifier_.Running();
  channel_.Start();
}

void Worker::OnMessage(const fbs::message::Message& message, bool body_good) {
  if (ended_) return;
  if (const auto* request = message.data_as_Request()) return HandleRequest(core_, channel_, *request, body_good);
  const auto* notification = message.data_as_Notification();
  if (!notification) return core_.log.Error("control pipe: a message that only a worker sends");
  if (notification->event() == fbs::notification::Event::WorkerClose) return End("the controller closed the worker");
  HandleNotification(core_, *notification, body_good);
}

void Worker::End(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  if (const uint64_t dropped = channel_.dropped()) {
    core_.log.Warn("control pipe: {} messages were dropped, because the controller did not read", dropped);
  }
  on_end_(why);
}

}  // namespace sluice
