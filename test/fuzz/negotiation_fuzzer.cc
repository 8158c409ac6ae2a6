// What a client says about itself, as JSON, through reading, checking and negotiating: the router answers it or refuses
// it, and what it would send to another client is always valid.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "controller/json.h"
#include "controller/ortc.h"

namespace {

using namespace sluice::controller;  // NOLINT(google-build-using-namespace)

const RtpCapabilities& OurRouter() {
  auto video = [](const char* name, Parameters parameters = {}) {
    return RtpCodecCapability{
        .kind = MediaKind::kVideo, .mime_type = name, .clock_rate = 90000, .parameters = std::move(parameters)};
  };
  static const RtpCapabilities router =
      RouterRtpCapabilities({{.mime_type = "audio/opus", .clock_rate = 48000, .channels = 2},
                             video("video/VP8"),
                             video("video/VP9", {{"profile-id", 2}}),
                             video("video/H264", {{"packetization-mode", 1}, {"level-asymmetry-allowed", 1}}),
                             video("video/AV1")})
          .value();
  return router;
}

void Require(bool so) {
  if (!so) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = nlohmann::json::parse(data, data + size, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return 0;

  const auto capabilities = RtpCapabilitiesFromJson(json);
  if (capabilities.ok()) {
    const auto again = RtpCapabilitiesFromJson(ToJson(*capabilities));
    Require(again.ok() && *again == *capabilities);
    RouterRtpCapabilities(capabilities->codecs).IgnoreError();
  }
  DtlsParametersFromJson(json).IgnoreError();

  const auto parameters = RtpParametersFromJson(json);
  if (!parameters.ok()) return 0;
  const auto again = RtpParametersFromJson(ToJson(*parameters));
  Require(again.ok() && *again == *parameters);
  const auto mapping = ProducerRtpMapping(*parameters, OurRouter());
  if (!mapping.ok()) return 0;
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    const RtpParameters consumable = ConsumableRtpParameters(kind, *parameters, OurRouter(), *mapping);
    for (bool pipe : {false, true}) {
      const auto consumer = ConsumerRtpParameters(consumable, OurRouter(), {.pipe = pipe});
      Require(!consumer.ok() || ValidateRtpParameters(*consumer).ok());
    }
    if (capabilities.ok()) CanConsume(consumable, *capabilities);
  }
  return 0;
}
