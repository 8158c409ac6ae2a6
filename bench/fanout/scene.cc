#include "bench/fanout/scene.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdio>
#include <utility>

namespace sluice::bench {
namespace {

using namespace controller;  // NOLINT(google-build-using-namespace): this file is about nothing else

std::string Random(size_t size) {
  std::string bytes(size, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  return bytes;
}

std::string ToBase64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

// `size` bytes of the text; OpenSSL counts the padding as zeros.
std::string FromBase64(const std::string& text, size_t size) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  bytes.resize(size);
  return bytes;
}

RtpParameters SenderParameters(size_t index) {
  RtpParameters parameters;
  parameters.codecs = {{.mime_type = "video/VP8",
                        .payload_type = Scene::kPayloadType,
                        .clock_rate = 90000,
                        .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}}}};
  parameters.encodings = {{.ssrc = Scene::kFirstSsrc + static_cast<uint32_t>(index)}};
  parameters.rtcp.cname = "fanout";
  return parameters;
}

}  // namespace

Scene::Scene(uv_loop_t* loop, const Options& options, std::string worker)
    : loop_(loop), options_(options), binary_(std::move(worker)) {}

bool Scene::Failed(const absl::Status& status, const char* what) {
  if (status.ok()) return false;
  done_(std::string(what) + ": " + status.ToString());
  return true;
}

void Scene::Build(std::function<void(std::string)> done) {
  done_ = std::move(done);
  WorkerOptions worker{.binary = binary_, .log_level = "warn"};
  Worker::Start(
      loop_, std::move(worker),
      [this](auto worker) {
        if (Failed(worker.status(), "worker")) return;
        worker_ = *std::move(worker);
        worker_->on.died = [](const absl::Status& why) { std::fprintf(stderr, "%s\n", why.ToString().c_str()); };
        RtpCodecCapability vp8{.kind = MediaKind::kVideo, .mime_type = "video/VP8", .clock_rate = 90000};
        worker_->CreateRouter({.media_codecs = {vp8}}, [this](auto router) {
          if (Failed(router.status(), "router")) return;
          router_ = *std::move(router);
          MakeTransport();
        });
      },
      [](const LogLine& line) {
        if (line.level != 'D') std::fprintf(stderr, "worker: %s\n", line.text.c_str());
      });
}

// Senders first, then receivers, until all are there.
void Scene::MakeTransport() {
  if (receivers_.size() == static_cast<size_t>(options_.consumers)) return done_("");
  PlainTransportOptions transport{.listen_info = {.ip = "127.0.0.1"}};
  if (options_.srtp()) {
    transport.enable_srtp = true;
    transport.srtp_crypto_suite = options_.suite;
  }
  router_->CreatePlainTransport(std::move(transport), [this](auto transport) {
    if (!Failed(transport.status(), "transport")) Connect(*std::move(transport));
  });
}

void Scene::Connect(std::shared_ptr<PlainTransport> transport) {
  const size_t sender = senders_.size();
  const bool sends = sender < static_cast<size_t>(options_.producers);
  Endpoint& end = (sends ? senders_ : receivers_).emplace_back();
  end.socket.Connect(transport->tuple().local_port);
  PlainTransportRemote remote{.ip = "127.0.0.1", .port = end.socket.port()};
  if (options_.srtp()) {
    const size_t key_size = SrtpSuiteInfoOf(*options_.srtp()).keying_size();
    end.our_key = Random(key_size);
    end.worker_key = FromBase64(transport->srtp_parameters()->key_base64, key_size);
    remote.srtp_parameters = SrtpParameters{.crypto_suite = options_.suite, .key_base64 = ToBase64(end.our_key)};
  }
  transport->Connect(std::move(remote), [this, transport, sends, sender](const absl::Status& status) {
    if (Failed(status, "connect")) return;
    sends ? Produce(transport, sender) : Consume(transport, 0);
  });
}

void Scene::Produce(std::shared_ptr<PlainTransport> transport, size_t index) {
  transport->Produce({.kind = MediaKind::kVideo, .rtp_parameters = SenderParameters(index)}, [this](auto producer) {
    if (Failed(producer.status(), "produce")) return;
    producer_ids_.push_back((*producer)->id());
    MakeTransport();
  });
}

void Scene::Consume(std::shared_ptr<PlainTransport> transport, size_t producer) {
  if (producer == producer_ids_.size()) return MakeTransport();
  // A receiver that knows the codec and no header extension: nothing but the forwarding is measured.
  RtpCapabilities capabilities{.codecs = router_->rtp_capabilities().codecs};
  transport->Consume({.producer_id = producer_ids_[producer], .rtp_capabilities = std::move(capabilities)},
                     [this, transport, producer](auto consumer) {
                       if (!Failed(consumer.status(), "consume")) Consume(transport, producer + 1);
                     });
}

void Scene::Close() {
  router_.reset();
  if (auto worker = std::exchange(worker_, nullptr)) worker->Close();
}

}  // namespace sluice::bench
