// What congestion control makes of sending: video waits for its turn, layers are divided, probes are filled.
#include <algorithm>

#include "rtc/base/bytes.h"
#include "rtc/transport/transport.h"

namespace sluice {
namespace {

// Of a probe's repetitions: the packets that left last, one after the other.
constexpr uint32_t kRecent = 64;

bool HasFeedback(const Consumer& consumer) {
  for (size_t i = 0; i < consumer.stream_count(); ++i) {
    if (consumer.stream(i).has_feedback()) return true;
  }
  return false;
}

}  // namespace

bool Transport::IsPaced(const Consumer& consumer) const {
  return congestion_ && TakesPartInDivision(consumer) && (congestion_->active() || congestion_->pacer().packets() > 0);
}

// Pipes lead to other workers, over lines that are no peer's.
void Transport::AddToCongestionControl(Consumer& consumer, Timestamp now) {
  if (path_.is_direct() || consumer.type() == RtpType::kPipe) return;
  if (congestion_) return congestion_->AddConsumer(consumer);
  if (!HasFeedback(consumer)) return;
  congestion_ = std::make_unique<CongestionControl>(bitrates_, now);
  for (const auto& each : consumers_) {
    if (each->type() != RtpType::kPipe) congestion_->AddConsumer(*each);
  }
}

void Transport::DivideSoon(bool goes_on, Turn& turn) {
  if (!IsControlled()) {
    limiter_.DivideSoon();
  } else if (goes_on) {
    congestion_->DivideOften();
  } else {
    congestion_->DivideSoon();
  }
  turn.NoteMoved(this);
}

DataRate Transport::RateBesidesLayers(Timestamp now) const {
  // Of a flood of repetitions more is not for long: it must not cost a layer.
  constexpr double kMostRepeated = 0.2;
  // Nor may data, of which there can be any amount: it takes its part of the line by itself.
  DataRate rate = std::min(counters_.rtx_sent.rate(now), congestion_->target() * kMostRepeated) +
                  std::min(counters_.data_sent.line_rate(now), congestion_->target() * CongestionControl::kMostData);
  for (const auto& consumer : consumers_) {
    if (TakesPartInDivision(*consumer) || !consumer->active()) continue;
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      rate = rate + consumer->stream(i).send().bitrate(now, CongestionControl::kPerPacket);
    }
  }
  return rate;
}

void Transport::NoteSent(std::span<const uint8_t> packet, Numbered numbered, Timestamp now) {
  if (numbered == Numbered::kNo) return congestion_->OnSentUnnumbered(packet.size(), now);
  ByteReader header(packet);
  header.Skip(2);
  const SeqNum seq(header.U16());
  header.Skip(4);
  congestion_->OnSent({.ssrc = Ssrc(header.U32()), .seq = seq, .size = packet.size()}, transport_seq_, now);
}

void Transport::AfterCongestionUpdate(Turn& turn) {
  const bool sending = counters_.rtp_sent.rate(turn.now) > DataRate::Zero();
  if (const auto reason = congestion_->CheckBreaker(sending, turn.now)) {
    turn.outbox.transport.push_back(CircuitBroken{.transport_id = id_, .reason = *reason});
  }
  const bool due = congestion_->DivisionDue(turn.now);
  if (due) congestion_->Divide(consumers_, RateBesidesLayers(turn.now), turn);
  TraceCongestion(due, turn);
  Release(turn);
}

void Transport::TraceCongestion(bool divided, Turn& turn) {
  if (traces_bandwidth_ && divided) {
    const BandwidthController::Snapshot snapshot = congestion_->snapshot();
    turn.outbox.transport.push_back(BandwidthTrace{.transport_id = id_,
                                                   .at = turn.now,
                                                   .by_remb = snapshot.limit == BandwidthController::Limit::kRemb,
                                                   .wanted = congestion_->wanted(),
                                                   .allocated = congestion_->allocated(),
                                                   .min = bitrates_.min_outgoing,
                                                   .max = bitrates_.max_outgoing,
                                                   .start = bitrates_.initial_outgoing,
                                                   .available = snapshot.target});
  }
  const uint32_t probes = congestion_->probes();
  if (traces_probation_ && probes != traced_probes_) {
    turn.outbox.transport.push_back(ProbationTrace{.transport_id = id_, .at = turn.now});
  }
  traced_probes_ = probes;
}

// Too much waits: what of it is given up whole goes on at a key frame.
void Transport::SeeToCuts(Turn& turn) {
  while (Consumer* cut = congestion_->TakeCut(turn.now)) {
    cut->AwaitKeyFrame(turn.outbox.media);
    WishKeyFrames(*cut, turn);
  }
}

void Transport::Release(Turn& turn) {
  for (;;) {
    while (const auto leaving = congestion_->Next(turn.now)) Leave(*leaving, turn);
    if (!congestion_->WantsPadding(turn.now)) break;
    if (!SendPadding(turn)) congestion_->EndProbe(turn.now);
  }
  if (congestion_->deadline() < told_deadline_) turn.NoteMoved(this);
}

void Transport::Leave(const CongestionControl::Leaving& leaving, Turn& turn) {
  Consumer& consumer = *leaving.consumer;
  // What waited when it was paused is not sent; it goes on with a key frame, behind what left.
  if (!IsConnected() || !consumer.forwards()) return;
  if (!leaving.again) return WriteChosen(consumer, leaving.chosen, leaving.left_out, turn);
  OutgoingStream& stream = consumer.stream(leaving.chosen.source);
  WriteAgain(consumer, stream, leaving.chosen.seq.seq(), OutgoingStream::Reason::kAsked, turn);
}

bool Transport::SendPadding(Turn& turn) {
  if (!IsConnected()) return false;
  if (RepeatForProbe(turn)) return true;
  for (const auto& consumer : consumers_) {
    const OutgoingStream& stream = consumer->stream(0);
    if (!stream.needs_transport_seq()) continue;
    if (!probation_) {
      if (outgoing_ssrcs_.StateOf(Probation::kSsrc) != SsrcBook::State::kFree) return false;
      outgoing_ssrcs_.Take(Probation::kSsrc);
      probation_.emplace(SequenceMapper::FirstNumber(env_.rng));
    }
    const size_t size = probation_->Write(stream.extensions(), NextStamp(turn.now), turn.batch.Next());
    return size > 0 && CommitRtp(*consumer, size, Numbered::kYes, counters_.probation_sent, turn);
  }
  return false;
}

// What left lately, once more by RTX: it may repair something.
bool Transport::RepeatForProbe(Turn& turn) {
  for (const auto& consumer : consumers_) {
    if (consumer->kind() != MediaKind::kVideo || !consumer->forwards()) continue;
    OutgoingStream& stream = consumer->stream(0);
    if (!stream.has_rtx() || !stream.has_feedback()) continue;
    const auto seq = stream.Recent(repeated_for_probes_++ % kRecent);
    if (seq && WriteAgain(*consumer, stream, *seq, OutgoingStream::Reason::kProbe, turn) > 0) return true;
  }
  return false;
}

}  // namespace sluice
