#include "controller/rtp_parameters.h"

namespace sluice::controller {

std::string_view ToString(MediaKind kind) { return kind == MediaKind::kAudio ? "audio" : "video"; }

std::string_view ToString(RtpType type) {
  switch (type) {
    case RtpType::kSimple:
      return "simple";
    case RtpType::kSimulcast:
      return "simulcast";
    case RtpType::kSvc:
      return "svc";
    case RtpType::kPipe:
      return "pipe";
  }
  return "";
}

}  // namespace sluice::controller
