#include "test/sim/media_sender.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "rtc/rtp/packet_view.h"
#include "test/sim/media_record.h"

namespace sluice::sim {
namespace {

using Buffer = std::array<uint8_t, 1500>;

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::array<uint8_t, 2> Bytes(SeqNum seq) {
  return {static_cast<uint8_t>(seq.value() >> 8), static_cast<uint8_t>(seq.value())};
}

}  // namespace

MediaSender::MediaSender(const StreamConfig& config, Rng& rng, Hooks hooks)
    : config_(config),
      hooks_(std::move(hooks)),
      stream_(config.ssrc, config.clock_rate()),
      next_seq_(static_cast<uint16_t>(rng.U32())),
      next_rtx_seq_(static_cast<uint16_t>(rng.U32())),
      first_timestamp_(rng.U32()),
      sway_rng_(config.sway > 0 ? rng.U64() : 0) {}

// What an encoder makes of what moves: an Ornstein-Uhlenbeck process, which forgets in kSwayTime.
size_t MediaSender::PayloadSize() {
  constexpr TimeDelta kSwayTime = TimeDelta::Seconds(3);
  if (config_.sway <= 0) return config_.payload_size;
  double normal = -6;
  for (int i = 0; i < 12; ++i) normal += sway_rng_.Unit();
  const double kept = std::exp(-(config_.frame_interval / kSwayTime));
  sway_ = sway_ * kept + normal * std::sqrt(1 - kept * kept);
  return static_cast<size_t>(static_cast<double>(config_.payload_size) *
                             std::clamp(1 + config_.sway * sway_, 0.4, 1.6));
}

void MediaSender::SendFrame(Timestamp now) {
  if (started_.IsNever()) started_ = now;
  if (!active_) return;
  const bool video = config_.kind == MediaKind::kVideo;
  MediaRecord record{.layer = config_.layer,
                     .frame = stats_.frames++,
                     .packets = config_.packets_per_frame,
                     .key_frame = video && std::exchange(key_frame_due_, false),
                     .captured = now};
  if (record.key_frame) {
    ++stats_.key_frames;
    record.packets = static_cast<uint16_t>(record.packets * config_.key_frame_times);
  }
  const size_t payload_size = PayloadSize();
  for (; record.packet < record.packets; ++record.packet) {
    record.index = stats_.packets++;
    const bool last = record.packet + 1 == record.packets;
    SendPacket(last, WritePayload(config_.kind, record, payload_size), now);
  }
}

void MediaSender::WriteExtensions(rtp::PacketWriter& writer, bool is_rtx) {
  const auto transport_seq = Bytes(hooks_.next_transport_seq());
  std::vector<rtp::ExtensionElement> elements = {{kTransportSeqId, transport_seq}};
  if (!config_.rid.empty()) {
    elements.push_back({kMidId, Bytes(config_.mid)});
    elements.push_back({is_rtx ? kRepairedRidId : kRidId, Bytes(config_.rid)});
  }
  if (audio_level_) elements.push_back({kAudioLevelId, std::span(&*audio_level_, 1)});
  writer.Extensions(elements);
}

void MediaSender::SendPacket(bool last, std::span<const uint8_t> payload, Timestamp now) {
  const double ticks = (now - started_).seconds() * config_.clock_rate();
  Sent sent{.packet = {},
            .timestamp = first_timestamp_ + static_cast<uint32_t>(static_cast<int64_t>(ticks + 0.5)),
            .marker = config_.kind == MediaKind::kVideo && last,
            .payload_size = payload.size()};
  Buffer buffer;
  rtp::PacketWriter writer(buffer, {.marker = sent.marker,
                                    .payload_type = config_.payload_type(),
                                    .seq = next_seq_,
                                    .timestamp = sent.timestamp,
                                    .ssrc = config_.ssrc});
  WriteExtensions(writer, false);
  writer.Payload(payload);
  sent.packet.assign(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(writer.Finish()));
  stream_.OnSent(sent.packet.size(), payload.size(), sent.timestamp, now, now);
  hooks_.send(sent.packet);
  kept_.erase((next_seq_ + -kKept).value());
  kept_[next_seq_.value()] = std::move(sent);
  next_seq_ = next_seq_ + 1;
}

void MediaSender::OnNack(const rtcp::Nack& nack) {
  ++stats_.nacks;
  for (SeqNum seq : nack.seqs) {
    ++stats_.asked_for;
    const auto it = kept_.find(seq.value());
    if (it == kept_.end()) {
      ++stats_.not_kept;
    } else {
      SendAgain(it->second, seq);
    }
  }
}

void MediaSender::SendAgain(const Sent& sent, SeqNum original) {
  ++stats_.repeated;
  stream_.OnRetransmitted(sent.packet.size(), sent.payload_size, config_.rtx_ssrc.has_value());
  if (!config_.rtx_ssrc) return hooks_.send(sent.packet);
  Buffer buffer;
  rtp::PacketWriter writer(buffer, {.marker = sent.marker,
                                    .payload_type = kRtx,
                                    .seq = std::exchange(next_rtx_seq_, next_rtx_seq_ + 1),
                                    .timestamp = sent.timestamp,
                                    .ssrc = *config_.rtx_ssrc});
  WriteExtensions(writer, true);
  writer.PayloadU16(original.value());
  writer.Payload(std::span(sent.packet).last(sent.payload_size));
  hooks_.send(std::span(buffer).first(writer.Finish()));
}

}  // namespace sluice::sim
