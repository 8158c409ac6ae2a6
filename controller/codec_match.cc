#include "controller/codec_match.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "controller/h264_profile.h"

namespace sluice::controller {
namespace {

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// What WebRTC takes when nothing is said: constrained baseline, level 3.1 (RFC 6184 would say baseline, level 1).
constexpr H264ProfileLevel kDefaultH264;
constexpr char kProfileLevelId[] = "profile-level-id";

std::optional<H264ProfileLevel> H264Of(const Parameters& parameters) {
  auto it = parameters.find(kProfileLevelId);
  if (it == parameters.end()) return kDefaultH264;
  if (const auto* text = std::get_if<std::string>(&it->second)) {
    return text->empty() ? kDefaultH264 : ParseH264ProfileLevelId(*text);
  }
  // "640032" and its like look like numbers to whoever parses an SDP line.
  std::optional<int64_t> number = IntegerParameter(parameters, kProfileLevelId);
  return number ? ParseH264ProfileLevelId(std::to_string(*number)) : std::nullopt;
}

// RFC 7798 section 7.1. When nothing is said: the Main profile, in the Main tier, at level 3.1, all layers in one stream.
constexpr int64_t kDefaultH265Profile = 1;
constexpr int64_t kDefaultH265Level = 93;
constexpr char kLevelId[] = "level-id";

bool SameH265Format(const Parameters& a, const Parameters& b) {
  auto same_number = [&](const char* name, int64_t otherwise) {
    return IntegerParameter(a, name).value_or(otherwise) == IntegerParameter(b, name).value_or(otherwise);
  };
  auto transmission_mode = [](const Parameters& parameters) -> std::string {
    auto it = parameters.find("tx-mode");
    const auto* text = it == parameters.end() ? nullptr : std::get_if<std::string>(&it->second);
    return text == nullptr || text->empty() ? "SRST" : *text;
  };
  return same_number("profile-space", 0) && same_number("profile-id", kDefaultH265Profile) &&
         same_number("tier-flag", 0) && EqualIgnoringCase(transmission_mode(a), transmission_mode(b));
}

bool SameFormat(const CodecView& a, const CodecView& b) {
  auto same_number = [&](const char* name) {
    return IntegerParameter(a.parameters, name).value_or(0) == IntegerParameter(b.parameters, name).value_or(0);
  };
  if (EqualIgnoringCase(a.mime_type, "video/H264")) {
    return same_number("packetization-mode") && AnswerH264ProfileLevelId(a.parameters, b.parameters).has_value();
  }
  if (EqualIgnoringCase(a.mime_type, "video/H265")) return SameH265Format(a.parameters, b.parameters);
  if (IsRed(a.mime_type)) return RedundantPayloadType(a.parameters) == RedundantPayloadType(b.parameters);
  if (EqualIgnoringCase(a.mime_type, "video/VP9")) return same_number("profile-id");
  if (EqualIgnoringCase(a.mime_type, "video/AV1")) return same_number("profile");
  return true;
}

}  // namespace

std::optional<int64_t> IntegerParameter(const Parameters& parameters, const std::string& name) {
  auto it = parameters.find(name);
  if (it == parameters.end()) return std::nullopt;
  if (const auto* number = std::get_if<int32_t>(&it->second)) return *number;
  if (const auto* text = std::get_if<std::string>(&it->second)) {
    int64_t value = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error == std::errc() && end == text->data() + text->size()) return value;
  }
  return std::nullopt;
}

std::optional<uint8_t> AssociatedPayloadType(const Parameters& rtx_parameters) {
  std::optional<int64_t> apt = IntegerParameter(rtx_parameters, "apt");
  if (!apt || *apt < 0 || *apt > 127) return std::nullopt;
  return static_cast<uint8_t>(*apt);
}

std::optional<MediaKind> KindOf(std::string_view mime_type) {
  if (mime_type.size() <= 6) return std::nullopt;
  if (EqualIgnoringCase(mime_type.substr(0, 6), "audio/")) return MediaKind::kAudio;
  if (EqualIgnoringCase(mime_type.substr(0, 6), "video/")) return MediaKind::kVideo;
  return std::nullopt;
}

bool IsRtx(std::string_view mime_type) {
  return mime_type.size() > 4 && EqualIgnoringCase(mime_type.substr(mime_type.size() - 4), "/rtx");
}

bool SameCodec(const CodecView& a, const CodecView& b, Strictness strictness) {
  if (!EqualIgnoringCase(a.mime_type, b.mime_type) || a.clock_rate != b.clock_rate) return false;
  if (KindOf(a.mime_type) == MediaKind::kAudio && a.channels.value_or(1) != b.channels.value_or(1)) return false;
  if (EqualIgnoringCase(a.mime_type, "audio/multiopus")) {
    for (const char* name : {"num_streams", "coupled_streams"}) {
      if (IntegerParameter(a.parameters, name) != IntegerParameter(b.parameters, name)) return false;
    }
  }
  return strictness == Strictness::kName || SameFormat(a, b);
}

bool IsRed(std::string_view mime_type) { return EqualIgnoringCase(mime_type, "audio/red"); }

std::optional<uint8_t> RedundantPayloadType(const Parameters& red_parameters) {
  for (const auto& [name, value] : red_parameters) {
    int payload_type = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), payload_type);
    const bool whole = end == name.data() + name.size() || *end == '/';
    if (error == std::errc() && whole && payload_type >= 0 && payload_type <= 127) {
      return static_cast<uint8_t>(payload_type);
    }
  }
  return std::nullopt;
}

void AnswerLevel(std::string_view mime_type, Parameters& mine, const Parameters& theirs) {
  if (EqualIgnoringCase(mime_type, "video/H264")) {
    const std::optional<std::string> level = AnswerH264ProfileLevelId(mine, theirs);
    if (level && !level->empty()) mine[kProfileLevelId] = *level;
  } else if (EqualIgnoringCase(mime_type, "video/H265")) {
    if (!mine.contains(kLevelId) && !theirs.contains(kLevelId)) return;
    mine[kLevelId] = static_cast<int32_t>(std::min(IntegerParameter(mine, kLevelId).value_or(kDefaultH265Level),
                                                   IntegerParameter(theirs, kLevelId).value_or(kDefaultH265Level)));
  }
}

std::optional<std::string> AnswerH264ProfileLevelId(const Parameters& a, const Parameters& b) {
  const std::optional<H264ProfileLevel> mine = H264Of(a);
  const std::optional<H264ProfileLevel> theirs = H264Of(b);
  if (!mine || !theirs || mine->profile != theirs->profile) return std::nullopt;
  if (!a.contains(kProfileLevelId) && !b.contains(kProfileLevelId)) return "";
  // With asymmetry each side may send at its own level (RFC 6184 section 8.2.2).
  const bool asymmetric = IntegerParameter(a, "level-asymmetry-allowed").value_or(0) == 1 &&
                          IntegerParameter(b, "level-asymmetry-allowed").value_or(0) == 1;
  const uint8_t level = asymmetric ? mine->level : LowerH264Level(mine->level, theirs->level);
  std::string text = H264ProfileLevelIdString({mine->profile, level});
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace sluice::controller
