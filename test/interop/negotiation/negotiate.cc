// Reads one negotiation a line as JSON from standard input and writes its outcome as a line of JSON:
//   {mediaCodecs, kind, rtpParameters, rtpCapabilities, enableRtx, pipe} ->
//   {router, mapping, producer, consumable, canConsume, consumer, pipeConsumer}, each of which may be {error}.
#include <iostream>
#include <string>

#include "controller/json.h"
#include "controller/ortc.h"

namespace {

using namespace sluice::controller;  // NOLINT(google-build-using-namespace): a program of its own
using nlohmann::json;

json Error(const absl::Status& status) {
  const char* name = absl::IsUnimplemented(status) ? "UnsupportedError" : "TypeError";
  return {{"error", name}, {"reason", std::string(status.message())}};
}

json MappingJson(const RtpMapping& mapping) {
  json result{{"codecs", json::array()}, {"encodings", json::array()}};
  for (const RtpMapping::Codec& codec : mapping.codecs) {
    result["codecs"].push_back({{"payloadType", codec.payload_type}, {"mappedPayloadType", codec.mapped_payload_type}});
  }
  for (const RtpMapping::Encoding& e : mapping.encodings) {
    json entry{{"mappedSsrc", e.mapped_ssrc}};
    if (e.ssrc) entry["ssrc"] = *e.ssrc;
    if (!e.rid.empty()) entry["rid"] = e.rid;
    result["encodings"].push_back(std::move(entry));
  }
  return result;
}

json Outcome(const absl::StatusOr<RtpParameters>& parameters) {
  return parameters.ok() ? ToJson(*parameters) : Error(parameters.status());
}

json Negotiate(const json& input) {
  json result;
  const auto media_codecs = RtpCapabilitiesFromJson({{"codecs", input.at("mediaCodecs")}});
  if (!media_codecs.ok()) return {{"router", Error(media_codecs.status())}};
  const auto router = RouterRtpCapabilities(media_codecs->codecs);
  if (!router.ok()) return {{"router", Error(router.status())}};
  result["router"] = ToJson(*router);

  auto producer = RtpParametersFromJson(input.at("rtpParameters"));
  if (!producer.ok()) {
    result["mapping"] = Error(producer.status());
    return result;
  }
  const auto mapping = ProducerRtpMapping(*producer, *router);
  if (!mapping.ok()) {
    result["mapping"] = Error(mapping.status());
    return result;
  }
  result["mapping"] = MappingJson(*mapping);
  AnswerProducerFormats(*producer, *router, *mapping);
  result["producer"] = ToJson(*producer);
  const auto kind = MediaKindFromJson(input.at("kind"));
  const RtpParameters consumable = ConsumableRtpParameters(*kind, *producer, *router, *mapping);
  result["consumable"] = ToJson(consumable);
  const bool enable_rtx = input.at("enableRtx").get<bool>();
  result["pipeConsumer"] = Outcome(PipeConsumerRtpParameters(consumable, enable_rtx));

  const auto capabilities = RtpCapabilitiesFromJson(input.at("rtpCapabilities"));
  if (!capabilities.ok()) {
    result["consumer"] = Error(capabilities.status());
    return result;
  }
  result["canConsume"] = CanConsume(consumable, *capabilities);
  result["consumer"] = Outcome(ConsumerRtpParameters(consumable, *capabilities,
                                                     {.enable_rtx = enable_rtx, .pipe = input.at("pipe").get<bool>()}));
  return result;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << Negotiate(json::parse(line)).dump() << '\n';
  return 0;
}
