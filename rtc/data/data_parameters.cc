#include "rtc/data/data_parameters.h"

namespace sluice {

absl::Status ValidateStream(DataType type, const std::optional<SctpStreamParameters>& stream) {
  if (type == DataType::kDirect) {
    if (stream) return absl::InvalidArgumentError("sctpStreamParameters: not with type direct");
    return absl::OkStatus();
  }
  if (!stream) return absl::InvalidArgumentError("sctpStreamParameters: missing");
  const SctpReliability& reliability = stream->reliability;
  if (stream->stream_id >= SctpAssociation::kStreams) {
    return absl::InvalidArgumentError("sctpStreamParameters.streamId: from 0 to 65534");
  }
  if (reliability.max_packet_life_time && reliability.max_retransmits) {
    return absl::InvalidArgumentError("sctpStreamParameters: not both maxPacketLifeTime and maxRetransmits");
  }
  if (reliability.ordered && (reliability.max_packet_life_time || reliability.max_retransmits)) {
    return absl::InvalidArgumentError("sctpStreamParameters.ordered: not with maxPacketLifeTime or maxRetransmits");
  }
  return absl::OkStatus();
}

}  // namespace sluice
