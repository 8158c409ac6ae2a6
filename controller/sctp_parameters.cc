#include "controller/sctp_parameters.h"

#include "controller/field_error.h"

namespace sluice::controller {

absl::StatusOr<SctpStreamParameters> NormalizeSctpStreamParameters(SctpStreamParameters parameters) {
  const bool limited = parameters.max_packet_life_time.has_value() || parameters.max_retransmits.has_value();
  if (parameters.max_packet_life_time && parameters.max_retransmits) {
    return FieldError("maxRetransmits", "cannot be given together with maxPacketLifeTime");
  }
  if (limited && parameters.ordered.value_or(false)) {
    return FieldError("ordered", "cannot be true with maxPacketLifeTime or maxRetransmits");
  }
  if (!parameters.ordered) parameters.ordered = !limited;
  return parameters;
}

}  // namespace sluice::controller
