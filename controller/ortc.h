// The negotiation: which codecs, header extensions and feedback a router offers, how a producer's own numbers become
// the router's, and what a consumer sends to one client. Pure functions; errors are kInvalidArgument with the field's
// path ("codecs[1].clockRate: ..."), or kUnimplemented for a codec that is not supported.
//
// Opus, multi-channel Opus, RED, G.711, G.722, iSAC, iLBC, SILK, comfort noise, telephone events; VP8, VP9, H264, H265,
// AV1; RTX for all video. H264 matches by packetization mode and profile (RFC 6184), H265 by profile, tier and
// transmission mode (RFC 7798), VP9 by profile-id, AV1 by profile, multi-channel Opus by its streams, RED (RFC 2198) by
// the payload type of what it carries, which the worker does not translate: give that codec the number that clients use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/rtp_parameters.h"
#include "controller/status.h"

namespace sluice::controller {

// Everything that a router can be asked for. The codecs have no payload types yet, but for the static ones.
const RtpCapabilities& SupportedRtpCapabilities();

// What a router with these codecs offers: dynamic payload types count from 100 (preferred ones are kept), each video
// codec is followed by its RTX, header extensions and feedback are those of the supported set. With `descriptors` clients
// may be sent dependency descriptors, too.
absl::StatusOr<RtpCapabilities> RouterRtpCapabilities(const std::vector<RtpCodecCapability>& media_codecs,
                                                      bool descriptors = false);
bool SendsDescriptors(const RtpCapabilities& router);

absl::Status ValidateRtpCapabilities(const RtpCapabilities& capabilities);
absl::Status ValidateRtpParameters(const RtpParameters& parameters);

// How one producer's payload types and streams are called inside the router.
struct RtpMapping {
  struct Codec {
    uint8_t payload_type = 0;
    uint8_t mapped_payload_type = 0;
    bool operator==(const Codec&) const = default;
  };
  struct Encoding {
    std::optional<uint32_t> ssrc;
    std::string rid;
    std::string scalability_mode;
    uint32_t mapped_ssrc = 0;
    bool operator==(const Encoding&) const = default;
  };
  std::vector<Codec> codecs;
  std::vector<Encoding> encodings;
  bool operator==(const RtpMapping&) const = default;
};

absl::StatusOr<RtpMapping> ProducerRtpMapping(const RtpParameters& producer, const RtpCapabilities& router);

// Lowers the producer's H264 and H265 levels to what the router's codecs allow.
void AnswerProducerFormats(RtpParameters& producer, const RtpCapabilities& router, const RtpMapping& mapping);

// What the router can offer of a producer: its codecs under the router's payload types and parameters, one encoding per
// stream under the mapped SSRC, the header extensions that the router may send.
RtpParameters ConsumableRtpParameters(MediaKind kind, const RtpParameters& producer, const RtpCapabilities& router,
                                      const RtpMapping& mapping);

// Whether `capabilities` has a codec in which `consumable` can be received. Capabilities that are not valid cannot.
bool CanConsume(const RtpParameters& consumable, const RtpCapabilities& capabilities);

struct ConsumerOptionsForRtp {
  std::optional<bool> enable_rtx;  // default: video yes, audio no
  bool pipe = false;               // keep every stream of the producer instead of folding them into one
};

// What one client is sent: the codecs and header extensions that both know, feedback reduced to what congestion control
// of this client needs (transport-cc, else REMB, else none), one encoding with random SSRCs (with its RTX when wanted
// and supported) into which simulcast encodings are folded. MID is left to the caller.
absl::StatusOr<RtpParameters> ConsumerRtpParameters(const RtpParameters& consumable,
                                                    const RtpCapabilities& capabilities,
                                                    const ConsumerOptionsForRtp& options);

// What goes through a pipe to another router: every codec and every stream of the producer, under new SSRCs, without what
// bandwidth estimation needs, with RTX and NACK if the pipe has them.
absl::StatusOr<RtpParameters> PipeConsumerRtpParameters(const RtpParameters& consumable, bool enable_rtx);

// "L3T2_KEY" -> 3, 2, key-frame dependent; anything else -> 1, 1.
struct ScalabilityMode {
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
  bool ksvc = false;
  bool operator==(const ScalabilityMode&) const = default;
};
ScalabilityMode ParseScalabilityMode(const std::string& mode);

}  // namespace sluice::controller
