// RTP parameters between the control protocol and the media core's plain structs. Decoders check what the core relies
// on and answer InvalidArgument with the field's name; encoders never fail.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fbs/rtp_generated.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice::wire {

// A string that may be absent.
inline std::string Text(const flatbuffers::String* from) { return from ? from->str() : std::string(); }

// Bounds of texts in bytes. Names are ids, MIDs, RIDs, CNAMEs, addresses and the like: what can end up in a header
// extension or in RTCP must fit there. Texts are values of codec parameters, SPS and PPS for example.
inline constexpr size_t kMaxName = 255;
inline constexpr size_t kMaxText = 65'535;
inline absl::Status TooLong(std::string_view field, size_t most) {
  return absl::InvalidArgumentError(fmt::format("{}: longer than {} bytes", field, most));
}

// Bounds of one set of parameters; more than any client sends.
inline constexpr size_t kMaxCodecs = 128;
inline constexpr size_t kMaxEncodings = 16;
inline constexpr size_t kMaxHeaderExtensions = 64;
inline constexpr size_t kMaxCodecParameters = 128;
inline constexpr size_t kMaxRtcpFeedback = 64;

absl::StatusOr<RtpParameters> Decode(const fbs::rtp::RtpParameters* from, const std::string& field);
absl::StatusOr<std::vector<RtpEncodingParameters>> Decode(
    const flatbuffers::Vector<flatbuffers::Offset<fbs::rtp::EncodingParameters>>* from, const std::string& field);
absl::StatusOr<RtpMapping> Decode(const fbs::rtp::Mapping* from, const std::string& field);

using Builder = flatbuffers::FlatBufferBuilder;
flatbuffers::Offset<fbs::rtp::RtpParameters> Encode(Builder& b, const RtpParameters& from);
flatbuffers::Offset<fbs::rtp::Mapping> Encode(Builder& b, const RtpMapping& from);
std::vector<flatbuffers::Offset<fbs::rtp::EncodingParameters>> Encode(Builder& b,
                                                                      const std::vector<RtpEncodingParameters>& from);

inline MediaKind FromWire(fbs::rtp::MediaKind kind) {
  return kind == fbs::rtp::MediaKind::Audio ? MediaKind::kAudio : MediaKind::kVideo;
}
inline fbs::rtp::MediaKind ToWire(MediaKind kind) {
  return kind == MediaKind::kAudio ? fbs::rtp::MediaKind::Audio : fbs::rtp::MediaKind::Video;
}
inline fbs::rtp::StreamType ToWire(RtpType type) { return static_cast<fbs::rtp::StreamType>(type); }

}  // namespace sluice::wire
