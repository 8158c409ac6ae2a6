// The data model as JSON, in the form in which mediasoup-client sends and expects it: camelCase names, absent fields
// left out, enumerations as words. Reading never throws: a wrong field is kInvalidArgument with its path in front
// ("rtpParameters.codecs[0].payloadType: must be a whole number from 0 to 127"); unknown fields are passed over.
// `path` is where the value stands in the message.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "controller/ortc.h"
#include "controller/rtp_parameters.h"
#include "controller/status.h"
#include "controller/webrtc_transport.h"

namespace sluice::controller {

nlohmann::json ToJson(const RtpCapabilities& value);
nlohmann::json ToJson(const RtpCodecCapability& value);
nlohmann::json ToJson(const RtpParameters& value);
nlohmann::json ToJson(const IceParameters& value);
nlohmann::json ToJson(const IceCandidate& value);
nlohmann::json ToJson(const std::vector<IceCandidate>& value);
nlohmann::json ToJson(const DtlsParameters& value);
nlohmann::json ToJson(const TransportTuple& value);
nlohmann::json ToJson(const RtpStreamStats& value);

absl::StatusOr<MediaKind> MediaKindFromJson(const nlohmann::json& json, const std::string& path = "kind");
absl::StatusOr<RtpCapabilities> RtpCapabilitiesFromJson(const nlohmann::json& json,
                                                        const std::string& path = "rtpCapabilities");
absl::StatusOr<RtpParameters> RtpParametersFromJson(const nlohmann::json& json,
                                                    const std::string& path = "rtpParameters");
absl::StatusOr<DtlsParameters> DtlsParametersFromJson(const nlohmann::json& json,
                                                      const std::string& path = "dtlsParameters");

}  // namespace sluice::controller
