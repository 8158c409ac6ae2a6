// What a consumer does with each packet: choose, write, write again, trace.
#include <algorithm>

#include "rtc/media/consumer.h"
#include "rtc/media/traced_packet.h"

namespace sluice {

std::optional<Consumer::Chosen> Consumer::Choose(const Producer::Fresh& fresh, const StoredPacket& packet,
                                                 MediaEvents& events) {
  if (!supported_[packet.payload_type.value() & 0x7F]) return std::nullopt;
  const bool pipe = type() == RtpType::kPipe;
  Lane& lane = lanes_[pipe ? fresh.stream : 0];
  const int stream = pipe ? 0 : fresh.stream;
  const ProducerStream& source = producer_.streams()[fresh.stream];
  Chosen chosen{.source = fresh.stream, .seq = packet.seq, .captured = fresh.captured, .selection = {}};
  if (config_.ignore_dtx && packet.frame.dtx) {
    if (!lane.selector.current()) return std::nullopt;
    chosen.selection.decision = LayerSelector::Decision::kDrop;
    return chosen;
  }
  // A sender that began anew is another source.
  if (lane.generation != source.generation() && lane.selector.current_stream() == stream) lane.selector.Reset();
  chosen.selection = lane.selector.Select({.stream = stream,
                                           .seq = packet.seq,
                                           .timestamp = packet.timestamp,
                                           .arrival = packet.arrival,
                                           .marker = packet.marker,
                                           .frame = packet.frame,
                                           .structure = source.structure()});
  if (chosen.selection.decision == LayerSelector::Decision::kIgnore) return std::nullopt;
  lane.generation = source.generation();
  if (HasLayers()) ReportLayers(events);
  return chosen;
}

size_t Consumer::Write(const Chosen& chosen, bool leave_out, const SendStamp& stamp, Timestamp now,
                       std::span<uint8_t> out, MediaEvents& events) {
  Lane& lane = lanes_[type() == RtpType::kPipe ? chosen.source : 0];
  if (chosen.switched()) lane.stream.SwitchSource();
  const StoredPacket* packet = producer_.streams()[chosen.source].ring().Find(chosen.seq);
  if (!packet) return 0;
  const OutgoingStream::Item item{
      .source = chosen.source, .packet = *packet, .captured = chosen.captured, .selection = chosen.selection};
  if (leave_out || chosen.selection.decision == LayerSelector::Decision::kDrop) {
    return lane.stream.Drop(item, stamp, now, out);
  }
  const size_t size = lane.stream.Write(item, stamp, now, out);
  if (size != 0 && !trace_kinds_.empty()) TracePacket(packet->frame, false, out.first(size), now, events);
  return size;
}

void Consumer::AwaitKeyFrame(MediaEvents& events) {
  for (Lane& lane : lanes_) lane.stream.Abandon();
  Reset(events);
}

OutgoingStream::Again Consumer::WriteAgain(OutgoingStream& stream, SeqNum seq, OutgoingStream::Reason reason,
                                           const SendStamp& stamp, Timestamp now, std::span<uint8_t> out,
                                           MediaEvents& events) {
  const auto again = stream.WriteAgain(seq, reason, producer_.streams(), stamp, out);
  if (again.packet && !trace_kinds_.empty()) {
    TracePacket(again.packet->frame, again.by_rtx, out.first(again.size), now, events);
  }
  return again;
}

bool Consumer::Traces(TraceKind kind) const { return std::ranges::find(trace_kinds_, kind) != trace_kinds_.end(); }

void Consumer::Trace(TraceKind kind, Ssrc ssrc, Timestamp now, MediaEvents& events) const {
  if (!Traces(kind)) return;
  events.push_back(MediaTrace{.object_id = id(), .kind = kind, .incoming = true, .at = now, .ssrc = ssrc});
}

void Consumer::TracePacket(const codec::FrameInfo& frame, bool is_rtx, std::span<const uint8_t> written, Timestamp now,
                           MediaEvents& events) const {
  const bool as_key_frame = frame.key_frame && Traces(TraceKind::kKeyFrame);
  if (!as_key_frame && !Traces(TraceKind::kRtp)) return;
  const auto packet = rtp::PacketView::Parse(written);
  if (!packet) return;
  TracedPacket traced = Traced(*packet, config_.rtp_parameters.Extensions(), frame);
  traced.is_rtx = is_rtx;
  events.push_back(MediaTrace{.object_id = id(),
                              .kind = as_key_frame ? TraceKind::kKeyFrame : TraceKind::kRtp,
                              .at = now,
                              .ssrc = traced.ssrc,
                              .info = std::move(traced)});
}

}  // namespace sluice
