// What leaves a transport: forwarded media, repetitions, RTCP.
#include <algorithm>
#include <array>
#include <bit>

#include "rtc/rtcp/compound.h"
#include "rtc/rtp/header_extension_values.h"
#include "rtc/transport/transport.h"

namespace sluice {
namespace {

// Room for RTP in a slot of the batch: what protection appends stays free.
constexpr size_t kMaxRtp = SendBatch::kMaxDatagram - kMaxSrtpOverhead;

// Its packets take transport-wide numbers, whether these stand in them or not.
bool IsNumbered(const OutgoingStream& stream) { return stream.needs_transport_seq() || stream.has_feedback(); }

}  // namespace

SendStamp Transport::NextStamp(Timestamp now) const {
  return {.abs_send_time = rtp::AbsSendTime::From(now).ticks, .transport_seq = transport_seq_};
}

void Transport::Forward(Consumer& consumer, std::span<const Producer::Fresh> fresh, Turn& turn) {
  if (!IsConnected() || !consumer.forwards()) return;
  for (size_t i = 0; i < fresh.size(); ++i) {
    if (ForwardOne(consumer, fresh[i], turn)) CatchUp(consumer, fresh[i], fresh.subspan(i + 1), turn);
  }
  if (IsPaced(consumer)) {
    SeeToCuts(turn);
    Release(turn);
  }
  for (uint32_t blocked = consumer.BlockedOnKeyFramesOf(); blocked != 0; blocked &= blocked - 1) {
    turn.key_frames.push_back({.producer = &consumer.producer(),
                               .stream = static_cast<size_t>(std::countr_zero(blocked)),
                               .kind = KeyFrameRequester::Kind::kStill});
  }
}

// True when the source's sending began with this packet.
bool Transport::ForwardOne(Consumer& consumer, const Producer::Fresh& one, Turn& turn) {
  const StoredPacket* packet = consumer.producer().streams()[one.stream].ring().Find(one.seq);
  if (!packet) return false;
  const auto chosen = consumer.Choose(one, *packet, turn.outbox.media);
  if (!chosen) return false;
  if (!IsPaced(consumer)) {
    WriteChosen(consumer, *chosen, false, turn);
  } else if (!congestion_->Enqueue(consumer, *chosen, *packet, turn.now)) {
    consumer.AwaitKeyFrame(turn.outbox.media);
  }
  return chosen->switched();
}

void Transport::WriteChosen(Consumer& consumer, const Consumer::Chosen& chosen, bool leave_out, Turn& turn) {
  const size_t size = consumer.Write(chosen, leave_out, NextStamp(turn.now), turn.now, turn.batch.Next().first(kMaxRtp),
                                     turn.outbox.media);
  if (size == 0) return;
  const Numbered numbered = IsNumbered(consumer.stream(0)) ? Numbered::kYes : Numbered::kNo;
  CommitRtp(consumer, size, numbered, counters_.rtp_sent, turn);
}

// The first packet of a key frame can come late, repaired or reordered. What came before it in time but comes after it by
// number was not sent, since nothing could be done with it: now it can. Those in `later` are still to come.
void Transport::CatchUp(Consumer& consumer, const Producer::Fresh& first, std::span<const Producer::Fresh> later,
                        Turn& turn) {
  if (consumer.kind() != MediaKind::kVideo) return;
  const ExtSeqNum end = consumer.producer().streams()[first.stream].ring().end();
  for (ExtSeqNum seq = first.seq + 1; seq < end; seq = seq + 1) {
    const auto is_it = [&](const Producer::Fresh& one) { return one.stream == first.stream && one.seq == seq; };
    if (std::ranges::none_of(later, is_it)) {
      ForwardOne(consumer, {.stream = first.stream, .seq = seq, .captured = first.captured}, turn);
    }
  }
}

bool Transport::CommitRtp(const Consumer& consumer, size_t size, Numbered numbered, Traffic& counted, Turn& turn) {
  const std::span<uint8_t> slot = turn.batch.Next();
  const SrtpResult result = protection_.ProtectRtp(slot, size);
  if (!result.ok()) return false;
  if (path_.is_direct()) {
    SendDirect(consumer.id(), false, slot.first(size), turn);
  } else {
    turn.batch.Commit(*path_.rtp(), result.size);
  }
  counters_.sent.Add(result.size, turn.now);
  counted.Add(result.size, turn.now);
  if (congestion_) NoteSent(slot.first(result.size), numbered, turn.now);
  if (numbered == Numbered::kYes) transport_seq_ = transport_seq_ + 1;
  return true;
}

void Transport::SendDirect(const std::string& id, bool rtcp, std::span<const uint8_t> bytes, Turn& turn) {
  turn.outbox.direct.push_back({.id = id, .rtcp = rtcp, .bytes = {bytes.begin(), bytes.end()}});
}

void Transport::OnNack(const rtcp::Nack& nack, Turn& turn) {
  const auto it = consumer_by_ssrc_.find(nack.media);
  if (it == consumer_by_ssrc_.end() || !IsConnected()) return;
  Consumer& consumer = *it->second;
  OutgoingStream* stream = consumer.FindStream(nack.media);
  if (stream->params().ssrc != nack.media) return;  // RTX itself is not repeated
  stream->CountNack(nack.seqs.size());
  consumer.Trace(TraceKind::kNack, nack.media, turn.now, turn.outbox.media);
  if (!consumer.forwards()) return;
  const bool video = consumer.kind() == MediaKind::kVideo;
  const bool paced = IsPaced(consumer);
  const bool limited = video && !paced;
  for (SeqNum seq : nack.seqs) {
    if (paced ? !congestion_->MayRepeat() : limited && !limiter_.MayRepeat(turn.now)) break;
    if (!stream->TakeAgain(seq, turn.now)) continue;
    if (paced) {
      congestion_->EnqueueAgain(consumer, *stream, seq, turn.now);
    } else {
      const size_t size = WriteAgain(consumer, *stream, seq, OutgoingStream::Reason::kAsked, turn);
      if (limited) limiter_.OnRepeated(size);
    }
  }
  if (paced) Release(turn);
}

size_t Transport::WriteAgain(Consumer& consumer, OutgoingStream& stream, SeqNum seq, OutgoingStream::Reason reason,
                             Turn& turn) {
  const auto again = consumer.WriteAgain(stream, seq, reason, NextStamp(turn.now), turn.now,
                                         turn.batch.Next().first(kMaxRtp), turn.outbox.media);
  if (again.size == 0) return 0;
  // Under its own number it is the packet of before, to the byte.
  const bool numbered = IsNumbered(stream) && (again.by_rtx || !stream.needs_transport_seq());
  Traffic& counted = reason == OutgoingStream::Reason::kAsked ? counters_.rtx_sent : counters_.probation_sent;
  const bool left = CommitRtp(consumer, again.size, numbered ? Numbered::kYes : Numbered::kNo, counted, turn);
  return left ? again.size : 0;
}

void Transport::SendRtcp(std::span<const uint8_t> compound, Turn& turn) {
  if (path_.is_direct()) {
    SendDirect(id_, true, compound, turn);
    counters_.sent.Add(compound.size(), turn.now);
    return;
  }
  const Path* path = path_.rtcp();
  if (!path || !protection_.ready()) return;
  const std::span<uint8_t> slot = turn.batch.Next();
  std::ranges::copy(compound, slot.begin());
  const SrtpResult result = protection_.ProtectRtcp(slot, compound.size());
  if (!result.ok()) return;
  turn.batch.Commit(*path, result.size);
  counters_.sent.Add(result.size, turn.now);
  if (congestion_) congestion_->OnSentUnnumbered(result.size, turn.now);
}

void Transport::SendReports(Turn& turn) {
  const auto emit = [&](std::span<const uint8_t> rtcp) { SendRtcp(rtcp, turn); };
  reporter_.SendReports(producers_, consumers_, turn.now, Ntp(turn.now), emit);
  for (const auto& producer : producers_) {
    producer->UpdateWantedLayers(turn.now, turn.outbox.media);
    if (!producer->UpdateScores(turn.now, turn.outbox.media)) continue;
    for (const Producer::Link& link : producer->links()) link.consumer->UpdateScore(turn.outbox.media);
  }
  for (const auto& consumer : consumers_) consumer->UpdateScore(turn.outbox.media);
}

void Transport::RequestKeyFrame(Producer& producer, size_t stream, KeyFrameRequester::Kind kind, Turn& turn) {
  if (producer.paused() || producer.kind() != MediaKind::kVideo || stream >= producer.streams().size()) return;
  ProducerStream& source = producer.streams()[stream];
  if (!source.ssrc() && !source.params().ssrc.value()) return;  // nothing came: its first packets bring a key frame
  source.WishKeyFrame(kind, turn.now);
  SendRequests(producer, turn);
}

void Transport::SendRequests(Producer& producer, Turn& turn) {
  if (producer.paused()) return;
  for (ProducerStream& stream : producer.streams()) {
    if (const auto lost = stream.TakeNacks(); !lost.empty() && stream.ssrc()) {
      rtcp::Nack nack{.sender = reporter_.ssrc(), .media = *stream.ssrc()};
      nack.seqs.assign(lost.begin(), lost.begin() + static_cast<long>(std::min(lost.size(), rtcp::Nack::kMaxSeqs)));
      std::array<uint8_t, RtcpReporter::kMaxSize> bytes;
      rtcp::CompoundWriter writer(bytes);
      while (!writer.Add(nack))
        nack.seqs.resize(nack.seqs.size() / 2);  // the rest is asked for again when its time comes
      SendRtcp(writer.written(), turn);
      producer.Trace(TraceKind::kNack, nack.media, turn.now, turn.outbox.media);
    }
    SendKeyFrameRequest(producer, stream, turn);
  }
}

void Transport::SendKeyFrameRequest(const Producer& producer, ProducerStream& stream, Turn& turn) {
  const auto kind = stream.TakeKeyFrameRequest();
  if (kind == ProducerStream::KeyFrameRequest::kNone) return;
  const Ssrc media = stream.ssrc().value_or(stream.params().ssrc);
  const bool fir = kind == ProducerStream::KeyFrameRequest::kFir;
  std::array<uint8_t, 64> bytes;
  rtcp::CompoundWriter writer(bytes);
  if (fir) {
    rtcp::Fir request{.sender = reporter_.ssrc()};
    request.entries.push_back({.media = media, .number = fir_number_++});
    writer.Add(request);
  } else {
    writer.Add(rtcp::Pli{.sender = reporter_.ssrc(), .media = media});
  }
  SendRtcp(writer.written(), turn);
  producer.Trace(fir ? TraceKind::kFir : TraceKind::kPli, media, turn.now, turn.outbox.media);
}

void Transport::SendBye(const Consumer& consumer, Turn& turn) {
  rtcp::Bye bye;
  for (size_t i = 0; i < consumer.stream_count(); ++i) {
    if (consumer.stream(i).send().stats().packets > 0) bye.ssrcs.push_back(consumer.stream(i).params().ssrc);
  }
  if (bye.ssrcs.empty()) return;
  std::array<uint8_t, 256> bytes;
  rtcp::CompoundWriter writer(bytes);
  writer.Add(rtcp::ReceiverReport{.sender = bye.ssrcs.front()});
  writer.Add(bye);
  SendRtcp(writer.written(), turn);
}

}  // namespace sluice
