#include "test/sim/media_receiver.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "rtc/rtp/rtx.h"

namespace sluice::sim {

bool MediaReceiver::OnRtp(const rtp::PacketView& packet, Timestamp now) {
  if (packet.ssrc() == config_.ssrc) {
    OnMedia(packet, false, now);
    return true;
  }
  if (packet.ssrc() != config_.rtx_ssrc) return false;
  OnRtx(packet, now);
  return true;
}

void MediaReceiver::OnRtx(const rtp::PacketView& packet, Timestamp now) {
  stream_.OnRtxPacket(packet.size());
  std::array<uint8_t, 1500> bytes;
  const size_t size = rtp::RecoverFromRtx(packet, config_.payload_type(), config_.ssrc, bytes);
  if (const auto recovered = rtp::PacketView::Parse(std::span(bytes).first(size))) OnMedia(*recovered, true, now);
}

// Nothing to decode, but a number that need not be asked for.
void MediaReceiver::OnPadding(const rtp::PacketView& packet, Timestamp now) {
  const auto result = stream_.OnPacket(packet.seq(), packet.timestamp(), packet.size(), now);
  if (!result.usable()) return void(++stats_.repeated);
  nack_.OnPacket(result.seq, false, now, ask_);
  numbers_.insert(result.seq);
  ++stats_.padding;
}

void MediaReceiver::OnMedia(const rtp::PacketView& packet, bool repaired, Timestamp now) {
  if (packet.payload().empty() && packet.padding_size() != 0) return OnPadding(packet, now);
  const auto record = ReadPayload(config_.kind, packet.payload());
  if (!record || packet.payload_type() != config_.payload_type()) return void(++stats_.alien);
  const auto result = repaired ? stream_.OnRecovered(packet.seq(), now)
                               : stream_.OnPacket(packet.seq(), packet.timestamp(), packet.size(), now);
  if (!result.usable()) return void(++stats_.unneeded);
  last_arrival_ = now;
  if (last_decode_.IsNever()) last_decode_ = now;
  if (nack_.OnPacket(result.seq, record->key_frame, now, ask_)) pli_due_ = config_.kind == MediaKind::kVideo;
  numbers_.insert(result.seq);
  if (result.verdict == ReceiveStream::Verdict::kNew) NoteTime(packet.timestamp(), record->captured);
  if (!indices_.emplace(record->layer, record->index).second)
    return void(++stats_.alien);  // one packet under two numbers
  ++stats_.packets;
  // Without RTX a repetition comes under its own number: late, and after it was asked for.
  const bool late = repaired || result.verdict == ReceiveStream::Verdict::kReordered;
  if (late) ++stats_.repaired;
  (late ? stats_.repair_delays : stats_.delays).push_back(now - record->captured);
  AddToFrame(result.seq, *record, now);
}

void MediaReceiver::NoteTime(uint32_t timestamp, Timestamp captured) {
  if (!newest_captured_.IsNever()) {
    const auto ticks = static_cast<int32_t>(timestamp - newest_timestamp_);
    const TimeDelta moved = TimeDelta::Micros(int64_t{ticks} * 1'000'000 / config_.clock_rate());
    const TimeDelta step = moved - (captured - newest_captured_);
    stats_.largest_time_step = std::max({stats_.largest_time_step, step, -step});
  }
  newest_timestamp_ = timestamp;
  newest_captured_ = captured;
}

void MediaReceiver::AddToFrame(ExtSeqNum seq, const MediaRecord& record, Timestamp now) {
  const ExtSeqNum first = seq + -record.packet;
  if (next_frame_ && first < *next_frame_) return;  // a key frame went past it
  Frame& frame = frames_[first];
  frame.packets.insert(record.packet);
  frame.record = record;
  if (!frame.complete()) return;
  ++stats_.frames_complete;
  if (config_.kind == MediaKind::kVideo) Decode(now);
}

void MediaReceiver::Decode(Timestamp now) {
  // The next frame, or else a key frame further on.
  while (true) {
    auto next = next_frame_ ? frames_.find(*next_frame_) : frames_.end();
    if (next == frames_.end() || !next->second.complete()) {
      next = std::ranges::find_if(
          frames_, [](const auto& frame) { return frame.second.complete() && frame.second.record.key_frame; });
    }
    if (next == frames_.end()) return;
    const MediaRecord& record = next->second.record;
    ++stats_.frames_decoded;
    if (record.key_frame) ++stats_.key_frames;
    if (next_frame_) stats_.longest_freeze = std::max(stats_.longest_freeze, now - last_decode_);
    if (stats_.layer && *stats_.layer != record.layer) ++stats_.layer_changes;
    stats_.layer = record.layer;
    last_decode_ = now;
    next_frame_ = next->first + record.packets;
    frames_.erase(frames_.begin(), std::next(next));
  }
}

std::optional<TimeDelta> MediaReceiver::capture_offset() const {
  if (!report_ || newest_captured_.IsNever()) return std::nullopt;
  const auto ticks = static_cast<int32_t>(newest_timestamp_ - report_->rtp_timestamp);
  const TimeDelta since = TimeDelta::Micros(int64_t{ticks} * 1'000'000 / config_.clock_rate());
  return report_->ntp.ToTimestamp(TimeDelta::Zero()) + since - newest_captured_;
}

void MediaReceiver::OnSenderReport(const rtcp::SenderReport& report, Timestamp now) {
  ++sender_reports_;
  report_ = report;
  stream_.OnSenderReport(report.ntp, now);
}

void MediaReceiver::OnTimer(Timestamp now) {
  if (stream_.rtt()) nack_.SetRtt(*stream_.rtt());
  const bool video = config_.kind == MediaKind::kVideo;
  if (now >= nack_.deadline() && nack_.OnTimer(now, ask_)) pli_due_ = video;
  const TimeDelta patience = next_frame_ ? kPatience : kFirstPatience;
  const bool comes = !last_arrival_.IsNever() && now - last_arrival_ < patience;
  const bool stands_still = comes && now - last_decode_ > patience;
  if (video && stands_still && (last_pli_.IsNever() || now - last_pli_ > patience)) pli_due_ = true;
}

std::vector<SeqNum> MediaReceiver::TakeNacks() {
  stats_.nacked += static_cast<uint32_t>(ask_.size());
  return std::exchange(ask_, {});
}

bool MediaReceiver::TakePli(Timestamp now) {
  if (pli_due_) {
    ++stats_.plis;
    last_pli_ = now;
  }
  return std::exchange(pli_due_, false);
}

int64_t MediaReceiver::holes() const {
  if (numbers_.empty()) return 0;
  return *numbers_.rbegin() - *numbers_.begin() + 1 - static_cast<int64_t>(numbers_.size());
}

}  // namespace sluice::sim
