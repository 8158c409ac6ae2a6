// What a router offers.
#include <bitset>

#include "controller/field_error.h"
#include "controller/ortc.h"
#include "controller/ortc_lookup.h"

namespace sluice::controller {
namespace {

// RFC 8888.
const RtcpFeedback kCongestionFeedback{"ack", "ccfb"};

// Hands out the payload types 100-127, then 96-99, that nobody preferred.
class PayloadTypeAllocator {
 public:
  void Take(uint8_t payload_type) { taken_.set(payload_type); }
  std::optional<uint8_t> Next() {
    for (int i = 0; i < 32; ++i) {
      const int payload_type = 96 + (4 + i) % 32;
      if (taken_[payload_type]) continue;
      taken_.set(payload_type);
      return static_cast<uint8_t>(payload_type);
    }
    return std::nullopt;
  }

 private:
  std::bitset<128> taken_;
};

// Appends the codec and, for video, its RTX.
absl::Status AppendRouterCodec(const std::string& path, const RtpCodecCapability& wanted,
                               PayloadTypeAllocator& payload_types, RtpCapabilities& router) {
  const RtpCodecCapability* supported = FindCodec(SupportedRtpCapabilities(), wanted, Strictness::kName);
  if (supported == nullptr || IsRtx(wanted.mime_type)) {
    return absl::UnimplementedError(fmt::format("{}.mimeType: {} with {} Hz and {} channels is not supported", path,
                                                wanted.mime_type, wanted.clock_rate, wanted.channels.value_or(1)));
  }
  RtpCodecCapability codec = *supported;
  if (wanted.preferred_payload_type) codec.preferred_payload_type = wanted.preferred_payload_type;
  if (!codec.preferred_payload_type) codec.preferred_payload_type = payload_types.Next();
  if (!codec.preferred_payload_type) return FieldError(path, "there is no payload type left for it");
  if (FindByPayloadType(router, *codec.preferred_payload_type) != nullptr) {
    return FieldError(path + ".preferredPayloadType",
                      fmt::format("{} is there twice", int{*codec.preferred_payload_type}));
  }
  for (const auto& [name, value] : wanted.parameters) codec.parameters[name] = value;
  // Not among what is offered to everybody, for whoever is offered it and transport-cc may use either: to be asked for.
  if (std::ranges::count(wanted.rtcp_feedback, kCongestionFeedback) > 0) {
    codec.rtcp_feedback.push_back(kCongestionFeedback);
  }
  router.codecs.push_back(codec);
  if (codec.kind != MediaKind::kVideo) return absl::OkStatus();
  const std::optional<uint8_t> rtx = payload_types.Next();
  if (!rtx) return FieldError(path, "there is no payload type left for its RTX");
  router.codecs.push_back({.kind = MediaKind::kVideo,
                           .mime_type = "video/rtx",
                           .preferred_payload_type = rtx,
                           .clock_rate = codec.clock_rate,
                           .parameters = {{"apt", int32_t{*codec.preferred_payload_type}}}});
  return absl::OkStatus();
}

// RED (RFC 2198) carries packets of another codec under that one's payload type, and the worker looks into none of them:
// so its parameter says which ("111/111"), by default the one that a codec of the same form has here.
absl::Status NameRedundantBlocks(std::vector<RtpCodecCapability>& codecs) {
  for (size_t i = 0; i < codecs.size(); ++i) {
    RtpCodecCapability& red = codecs[i];
    if (!IsRed(red.mime_type) || RedundantPayloadType(red.parameters)) continue;
    auto inner = std::find_if(codecs.begin(), codecs.end(), [&](const RtpCodecCapability& codec) {
      return !IsRed(codec.mime_type) && codec.clock_rate == red.clock_rate && codec.channels == red.channels;
    });
    if (inner == codecs.end()) return FieldError(Index("codecs", i), "there is no codec that it could carry");
    red.parameters.emplace(fmt::format("{0}/{0}", int{*inner->preferred_payload_type}), std::string());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RtpCapabilities> RouterRtpCapabilities(const std::vector<RtpCodecCapability>& media_codecs,
                                                      bool descriptors) {
  if (absl::Status status = ValidateRtpCapabilities({media_codecs, {}}); !status.ok()) return status;
  RtpCapabilities router{.header_extensions = SupportedRtpCapabilities().header_extensions};
  PayloadTypeAllocator payload_types;
  // All preferences first, so that no earlier codec is given the number that a later one prefers.
  for (const RtpCodecCapability& codec : media_codecs) {
    if (codec.preferred_payload_type) payload_types.Take(*codec.preferred_payload_type);
  }
  for (size_t i = 0; i < media_codecs.size(); ++i) {
    absl::Status status = AppendRouterCodec(Index("codecs", i), media_codecs[i], payload_types, router);
    if (!status.ok()) return status;
  }
  if (absl::Status status = NameRedundantBlocks(router.codecs); !status.ok()) return status;
  for (RtpHeaderExtension& e : router.header_extensions) {
    if (descriptors && e.uri == kDependencyDescriptor) e.direction = ExtensionDirection::kSendRecv;
  }
  return router;
}

bool SendsDescriptors(const RtpCapabilities& router) {
  return std::ranges::any_of(router.header_extensions, [](const RtpHeaderExtension& e) {
    return e.uri == kDependencyDescriptor && e.direction == ExtensionDirection::kSendRecv;
  });
}

}  // namespace sluice::controller
