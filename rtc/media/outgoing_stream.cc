#include "rtc/media/outgoing_stream.h"

#include <utility>

#include "rtc/base/bytes.h"
#include "rtc/rtp/packet_writer.h"
#include "rtc/rtp/rtx.h"

namespace sluice {
namespace {

using rtp::HeaderExtension;

// RFC 3550 leaves the repeated packets' spacing to us: before the first report, a usual internet path.
constexpr TimeDelta kAssumedRtt = TimeDelta::Millis(100);

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The elements of one outgoing packet's header extension block; values lie here or in the stored packet.
class Elements {
 public:
  Elements(const rtp::ExtensionMap& ids, const std::string& mid, const SendStamp& stamp) : ids_(ids), stamp_(stamp) {
    Add(HeaderExtension::kMid, Bytes(mid));
    Add(HeaderExtension::kAbsSendTime, stamp_.abs_send_time);
    Add(HeaderExtension::kTransportWideCc, stamp_.transport_seq);
  }
  void AddForwarded(const StoredPacket& packet, const PlannedPacket& plan) {
    const ForwardedExtensions& forwarded = packet.extensions;
    audio_level_ = forwarded.audio_level.value_or(0);
    orientation_ = forwarded.video_orientation.value_or(0);
    if (forwarded.audio_level) Add(HeaderExtension::kAudioLevel, {&audio_level_, 1});
    if (forwarded.video_orientation) Add(HeaderExtension::kVideoOrientation, {&orientation_, 1});
    Add(HeaderExtension::kAbsCaptureTime, forwarded.abs_capture_time);
    Add(HeaderExtension::kPlayoutDelay, forwarded.playout_delay);
    if (packet.frame.dependency && ids_.Has(HeaderExtension::kDependencyDescriptor)) AddDescriptor(packet, plan);
  }
  std::span<const rtp::ExtensionElement> all() const { return std::span(elements_).first(count_); }

 private:
  void AddDescriptor(const StoredPacket& packet, const PlannedPacket& plan) {
    const size_t size = codec::RewriteDescriptor(
        packet.extensions.dependency_descriptor, *packet.frame.dependency, plan.frame_number,
        plan.has_active_targets ? std::optional(plan.active_targets) : std::nullopt, descriptor_);
    Add(HeaderExtension::kDependencyDescriptor, std::span(descriptor_).first(size));
  }
  void Add(HeaderExtension type, std::span<const uint8_t> value) {
    const uint8_t id = ids_.IdOf(type);
    if (id != 0 && !value.empty()) elements_[count_++] = {.id = id, .value = value};
  }

  const rtp::ExtensionMap& ids_;
  std::array<rtp::ExtensionElement, rtp::kHeaderExtensionCount> elements_;
  size_t count_ = 0;
  const SendStampBytes stamp_;
  uint8_t audio_level_ = 0;
  uint8_t orientation_ = 0;
  std::array<uint8_t, codec::kMaxDescriptorSize> descriptor_;
};

}  // namespace

SendStampBytes::SendStampBytes(const SendStamp& stamp) {
  for (int i = 0; i < 3; ++i) abs_send_time[i] = static_cast<uint8_t>(stamp.abs_send_time >> (16 - 8 * i));
  transport_seq = {static_cast<uint8_t>(stamp.transport_seq.value() >> 8),
                   static_cast<uint8_t>(stamp.transport_seq.value())};
}

OutgoingStream::OutgoingStream(Config config)
    : config_(std::move(config)),
      sequence_(config_.first.media),
      timestamp_(config_.params.clock_rate),
      codec_(config_.codec),
      plan_(config_.kind == MediaKind::kVideo ? RetransmissionPlan::kVideoCapacity
                                              : RetransmissionPlan::kAudioCapacity),
      send_(config_.params.ssrc, config_.params.clock_rate),
      rtx_next_(config_.first.rtx) {}

void OutgoingStream::SwitchSource() {
  sequence_.SwitchSource();
  timestamp_.SwitchSource();
  codec_.SwitchSource();
  frame_numbers_.SwitchSource();
  last_left_out_.reset();
}

// What was lost between two packets of a frame that is left out belonged to it.
void OutgoingStream::CloseGapInFrame(const StoredPacket& packet) {
  if (last_left_out_ && last_left_out_->timestamp == packet.timestamp &&
      last_left_out_->spatial_layer == packet.frame.spatial_layer && last_left_out_->seq < packet.seq) {
    for (ExtSeqNum seq = last_left_out_->seq + 1; seq < packet.seq; seq = seq + 1) sequence_.Drop(seq);
  }
  if (last_left_out_ && packet.seq < last_left_out_->seq) return;
  last_left_out_ = {.seq = packet.seq, .timestamp = packet.timestamp, .spatial_layer = packet.frame.spatial_layer};
}

size_t OutgoingStream::Drop(const Item& item, const SendStamp& stamp, Timestamp now, std::span<uint8_t> out) {
  const StoredPacket& packet = item.packet;
  CloseGapInFrame(packet);
  codec_.Drop(packet.frame);
  const auto place = sequence_.Drop(packet.seq);
  if (!place || config_.kind != MediaKind::kVideo) return 0;
  const PlannedPacket plan{.seq = *place,
                           .source_seq = packet.seq,
                           .last_sent = now,
                           .timestamp = timestamp_.Map(packet.timestamp, item.captured.value_or(packet.arrival)),
                           .abs_send_time = stamp.abs_send_time,
                           .transport_seq = stamp.transport_seq,
                           .source = item.source,
                           .payload_type = packet.payload_type,
                           .padding_only = true};
  const size_t size = WritePadding(
      {.payload_type = plan.payload_type, .seq = place->seq(), .ssrc = config_.params.ssrc}, plan, stamp, out);
  if (size == 0) return 0;
  plan_.Add(plan);
  send_.OnSent(size, 0, plan.timestamp, std::nullopt, now);
  return size;
}

size_t OutgoingStream::Write(const Item& item, const SendStamp& stamp, Timestamp now, std::span<uint8_t> out) {
  const StoredPacket& packet = item.packet;
  PlannedPacket plan{.source_seq = packet.seq,
                     .last_sent = now,
                     .abs_send_time = stamp.abs_send_time,
                     .transport_seq = stamp.transport_seq,
                     .active_targets = item.selection.active_targets.value_or(0),
                     .source = item.source,
                     .payload_type = packet.payload_type,
                     .marker = packet.marker || item.selection.ends_picture,
                     .has_active_targets = item.selection.active_targets.has_value()};
  const auto patch = codec_.Rewrite(packet.frame);
  if (!patch) return 0;
  plan.patch = *patch;
  const auto seq = sequence_.Map(packet.seq);
  if (!seq) return 0;
  plan.seq = *seq;
  if (packet.frame.dependency) plan.frame_number = frame_numbers_.Map(packet.frame.dependency->frame_number, 0xFFFF);
  plan.timestamp = timestamp_.Map(packet.timestamp, item.captured.value_or(packet.arrival));
  const size_t size = WritePacket({.payload_type = plan.payload_type, .seq = seq->seq(), .ssrc = config_.params.ssrc},
                                  plan, packet, stamp, out);
  if (size == 0) return 0;
  plan_.Add(plan);
  send_.OnSent(size, packet.payload.size(), plan.timestamp, item.captured, now);
  return size;
}

bool OutgoingStream::IsAbandoned(SeqNum seq) const {
  const ExtSeqNum next = sequence_.next();
  return repeated_from_ && next + seq.DistanceFrom(next.seq()) < *repeated_from_;
}

bool OutgoingStream::TakeAgain(SeqNum seq, Timestamp now) {
  if (IsAbandoned(seq)) return false;
  return plan_.TakeForRetransmission(seq, send_.rtt().value_or(kAssumedRtt), now) != nullptr;
}

OutgoingStream::Again OutgoingStream::WriteAgain(SeqNum seq, Reason reason, std::span<const ProducerStream> sources,
                                                 const SendStamp& stamp, std::span<uint8_t> out) {
  const PlannedPacket* plan = IsAbandoned(seq) ? nullptr : plan_.Find(seq);
  if (!plan || plan->source >= sources.size()) return {};
  const SendStamp first_stamp{.abs_send_time = plan->abs_send_time, .transport_seq = plan->transport_seq};
  if (plan->padding_only) {
    const size_t size = WritePadding({.payload_type = plan->payload_type, .seq = seq, .ssrc = config_.params.ssrc},
                                     *plan, first_stamp, out);
    if (size != 0) send_.OnRetransmitted(size, 0, false);
    return {.size = size};
  }
  const StoredPacket* packet = sources[plan->source].ring().Find(plan->source_seq);
  if (!packet) return {};
  const uint8_t rtx_type = config_.rtx_payload_types[plan->payload_type.value() & 0x7F];
  const bool by_rtx = has_rtx() && rtx_type != 0;
  Wire wire{.payload_type = plan->payload_type, .seq = seq, .ssrc = config_.params.ssrc};
  if (by_rtx) {
    wire = {.payload_type = PayloadType(rtx_type),
            .seq = rtx_next_.seq(),
            .ssrc = *config_.params.rtx_ssrc,
            .original = seq};
  }
  const size_t size = WritePacket(wire, *plan, *packet, by_rtx ? stamp : first_stamp, out);
  if (size == 0) return {};
  if (by_rtx) rtx_next_ = rtx_next_ + 1;
  if (reason == Reason::kAsked) {
    if (plan->repetitions == 1) ++repaired_;
    send_.OnRetransmitted(size, packet->payload.size(), by_rtx);
  }
  return {.size = size, .by_rtx = by_rtx, .packet = packet};
}

std::optional<SeqNum> OutgoingStream::Recent(uint32_t back) const {
  const SeqNum seq = (sequence_.next() + (-1 - int64_t{back})).seq();
  return plan_.Find(seq) ? std::optional(seq) : std::nullopt;
}

size_t OutgoingStream::WritePacket(const Wire& wire, const PlannedPacket& plan, const StoredPacket& packet,
                                   const SendStamp& stamp, std::span<uint8_t> out) const {
  rtp::PacketWriter writer(out, {.marker = plan.marker,
                                 .payload_type = wire.payload_type,
                                 .seq = wire.seq,
                                 .timestamp = plan.timestamp,
                                 .ssrc = wire.ssrc});
  Elements elements(config_.extensions, config_.mid, stamp);
  elements.AddForwarded(packet, plan);
  writer.Extensions(elements.all());
  if (wire.original) writer.PayloadU16(wire.original->value());
  writer.Payload(packet.payload);
  const size_t size = writer.Finish();
  if (size != 0) plan.patch.ApplyTo(out.subspan(size - packet.payload.size(), packet.payload.size()));
  return size;
}

size_t OutgoingStream::WritePadding(const Wire& wire, const PlannedPacket& plan, const SendStamp& stamp,
                                    std::span<uint8_t> out) const {
  rtp::PacketWriter writer(
      out, {.payload_type = wire.payload_type, .seq = wire.seq, .timestamp = plan.timestamp, .ssrc = wire.ssrc});
  const Elements elements(config_.extensions, config_.mid, stamp);
  writer.Extensions(elements.all());
  writer.Padding(1);
  return writer.Finish();
}

RtpStreamStats OutgoingStream::Stats(Timestamp now) const {
  const SendStream::Stats stats = send_.stats();
  return {
      .kind = config_.kind,
      .mime_type = config_.params.mime_type,
      .ssrc = config_.params.ssrc,
      .rtx_ssrc = config_.params.rtx_ssrc,
      .rid = config_.params.rid,
      .packets = stats.packets,
      .bytes = stats.bytes,
      .bitrate = send_.bitrate(now),
      .packets_lost = stats.lost,
      .fraction_lost = stats.fraction_lost,
      .jitter = stats.jitter,
      .packets_retransmitted = stats.retransmitted_packets,
      .packets_repaired = repaired_,
      .nack_count = nack_count_,
      .nack_packet_count = stats.nacked,
      .pli_count = pli_count_,
      .fir_count = fir_count_,
      .round_trip_time = send_.rtt(),
      .score = score(),
  };
}

}  // namespace sluice
