#include "rtc/transport/rtp_demuxer.h"

#include <algorithm>

#include "rtc/rtp/header_extension_values.h"

namespace sluice {
namespace {

using rtp::HeaderExtension;

std::string_view TextExtension(const rtp::PacketView& packet, const rtp::ExtensionMap& ids, HeaderExtension type) {
  const uint8_t id = ids.IdOf(type);
  if (id == 0) return {};
  const auto value = packet.Extension(id);
  return value ? rtp::ParseText(*value).value_or(std::string_view()) : std::string_view();
}

bool IsOpen(const RtpEncodingParameters& encoding) { return !encoding.ssrc && encoding.rid.empty(); }

bool SharesRid(const RtpParameters& a, const RtpParameters& b) {
  return std::ranges::any_of(a.encodings, [&](const auto& x) {
    return !x.rid.empty() && std::ranges::any_of(b.encodings, [&](const auto& y) { return x.rid == y.rid; });
  });
}

}  // namespace

absl::Status RtpDemuxer::Add(Producer& producer) {
  const RtpParameters& params = producer.config().rtp_parameters;
  for (const RtpEncodingParameters& encoding : params.encodings) {
    for (const auto& ssrc : {encoding.ssrc, encoding.rtx_ssrc}) {
      if (ssrc && by_ssrc_.contains(*ssrc)) {
        return absl::AlreadyExistsError("rtpParameters.encodings: ssrc " + std::to_string(ssrc->value()) +
                                        " is taken on this transport");
      }
    }
  }
  for (const Producer* other : producers_) {
    const RtpParameters& theirs = other->config().rtp_parameters;
    if (!params.mid.empty() && params.mid == theirs.mid) {
      return absl::AlreadyExistsError("rtpParameters.mid: '" + params.mid + "' is taken on this transport");
    }
    if ((params.mid.empty() || theirs.mid.empty()) && SharesRid(params, theirs)) {
      return absl::AlreadyExistsError("rtpParameters.encodings: a rid is taken on this transport, and there is no mid");
    }
  }
  producers_.push_back(&producer);
  for (size_t i = 0; i < params.encodings.size(); ++i) {
    const Target target{.producer = &producer, .stream = static_cast<uint8_t>(i)};
    if (params.encodings[i].ssrc) by_ssrc_[*params.encodings[i].ssrc] = target;
    if (params.encodings[i].rtx_ssrc) {
      by_ssrc_[*params.encodings[i].rtx_ssrc] = {.producer = &producer, .stream = target.stream, .is_rtx = true};
    }
  }
  for (const RtpHeaderExtensionParameters& extension : params.header_extensions) {
    extensions_.Add(extension.uri, extension.id);
  }
  return absl::OkStatus();
}

void RtpDemuxer::Remove(Producer& producer) {
  std::erase(producers_, &producer);
  absl::erase_if(by_ssrc_, [&](const auto& entry) { return entry.second.producer == &producer; });
}

std::optional<RtpDemuxer::Target> RtpDemuxer::FindSsrc(Ssrc ssrc) const {
  const auto it = by_ssrc_.find(ssrc);
  if (it == by_ssrc_.end()) return std::nullopt;
  return it->second;
}

std::optional<RtpDemuxer::Target> RtpDemuxer::Find(const rtp::PacketView& packet, const Producer* only) {
  if (auto known = FindSsrc(packet.ssrc())) return only && known->producer != only ? std::nullopt : known;
  auto target = FindByRid(packet, only);
  if (!target) target = FindOpenEncoding(packet, only);
  if (target) Bind(packet.ssrc(), *target);
  return target;
}

std::optional<RtpDemuxer::Target> RtpDemuxer::FindByRid(const rtp::PacketView& packet, const Producer* only) const {
  const std::string_view repaired = TextExtension(packet, extensions_, HeaderExtension::kRepairedRid);
  const std::string_view rid = repaired.empty() ? TextExtension(packet, extensions_, HeaderExtension::kRid) : repaired;
  if (rid.empty()) return std::nullopt;
  const std::string_view mid = TextExtension(packet, extensions_, HeaderExtension::kMid);
  for (Producer* producer : producers_) {
    const RtpParameters& params = producer->config().rtp_parameters;
    if (only ? producer != only : !mid.empty() && !params.mid.empty() && params.mid != mid) continue;
    for (size_t i = 0; i < params.encodings.size(); ++i) {
      if (params.encodings[i].rid != rid) continue;
      const RtpCodecParameters* codec = params.CodecOf(params.encodings[i]);
      const RtpCodecParameters* rtx = codec ? params.RtxCodecFor(codec->payload_type) : nullptr;
      const bool is_rtx = !repaired.empty() || (rtx && rtx->payload_type == packet.payload_type());
      return Target{.producer = producer, .stream = static_cast<uint8_t>(i), .is_rtx = is_rtx};
    }
  }
  return std::nullopt;
}

std::optional<RtpDemuxer::Target> RtpDemuxer::FindOpenEncoding(const rtp::PacketView& packet,
                                                               const Producer* only) const {
  const std::string_view mid = TextExtension(packet, extensions_, HeaderExtension::kMid);
  std::optional<Target> found;
  for (Producer* producer : producers_) {
    const RtpParameters& params = producer->config().rtp_parameters;
    if (params.encodings.size() != 1 || !IsOpen(params.encodings[0])) continue;
    if (only ? producer != only : params.mid != mid) continue;
    const RtpCodecParameters* codec = params.CodecOf(params.encodings[0]);
    const RtpCodecParameters* rtx = codec ? params.RtxCodecFor(codec->payload_type) : nullptr;
    const bool is_media = codec && codec->payload_type == packet.payload_type();
    const bool is_rtx = rtx && rtx->payload_type == packet.payload_type();
    if (!is_media && !is_rtx) continue;
    if (found) return std::nullopt;  // two could be meant: neither is
    found = Target{.producer = producer, .is_rtx = is_rtx};
  }
  return found;
}

void RtpDemuxer::Bind(Ssrc ssrc, const Target& target) {
  const auto& encoding = target.producer->config().rtp_parameters.encodings[target.stream];
  const auto signalled = target.is_rtx ? encoding.rtx_ssrc : encoding.ssrc;
  absl::erase_if(by_ssrc_, [&](const auto& entry) {
    return entry.second.producer == target.producer && entry.second.stream == target.stream &&
           entry.second.is_rtx == target.is_rtx && entry.first != signalled;
  });
  by_ssrc_[ssrc] = target;
}

std::vector<std::pair<uint32_t, std::string>> RtpDemuxer::SsrcTable() const {
  std::vector<std::pair<uint32_t, std::string>> table;
  for (const auto& [ssrc, target] : by_ssrc_) table.emplace_back(ssrc.value(), target.producer->id());
  std::ranges::sort(table);
  return table;
}

std::vector<std::pair<std::string, std::string>> RtpDemuxer::MidTable() const {
  std::vector<std::pair<std::string, std::string>> table;
  for (const Producer* producer : producers_) {
    const std::string& mid = producer->config().rtp_parameters.mid;
    if (!mid.empty()) table.emplace_back(mid, producer->id());
  }
  std::ranges::sort(table);
  return table;
}

std::vector<std::pair<std::string, std::string>> RtpDemuxer::RidTable() const {
  std::vector<std::pair<std::string, std::string>> table;
  for (const Producer* producer : producers_) {
    for (const RtpEncodingParameters& encoding : producer->config().rtp_parameters.encodings) {
      if (!encoding.rid.empty()) table.emplace_back(encoding.rid, producer->id());
    }
  }
  std::ranges::sort(table);
  return table;
}

}  // namespace sluice
