#include "rtc/transport/congestion_control.h"

#include <algorithm>

namespace sluice {
namespace {

// What the headers of an RTP packet take besides its payload, about.
constexpr DataSize kHeaders = DataSize::Bytes(40);
// A repetition, before it is written.
constexpr DataSize kUsualSize = DataSize::Bytes(1200);
// While nothing is sent there is nothing to see to.
constexpr TimeDelta kIdle = TimeDelta::Seconds(1);
// The pacer of a peer that tells nothing holds nothing back.
constexpr DataRate kUnpaced = DataRate::KilobitsPerSec(100'000'000);
// Above it nothing is limited, whatever a controller asks for.
constexpr DataRate kHighest = DataRate::KilobitsPerSec(10'000'000);
// A fall of the target by less than this waits for the next division.
constexpr double kFall = 0.95;

// Bits of Pacer::Reference::flags.
constexpr uint8_t kEndsPicture = 1;
constexpr uint8_t kHasTargets = 2;

Pacer::Reference ReferenceOf(const Consumer::Chosen& chosen) {
  const LayerSelector::Selection& selection = chosen.selection;
  Pacer::Reference reference{.seq = chosen.seq,
                             .captured = chosen.captured.value_or(Timestamp::Never()),
                             .word = selection.active_targets.value_or(0),
                             .stream = chosen.source,
                             .kind = static_cast<uint8_t>(selection.decision)};
  if (selection.ends_picture) reference.flags |= kEndsPicture;
  if (selection.active_targets) reference.flags |= kHasTargets;
  return reference;
}

Consumer::Chosen ChosenOf(const Pacer::Reference& reference) {
  Consumer::Chosen chosen{.source = reference.stream, .seq = reference.seq, .captured = {}, .selection = {}};
  if (!reference.captured.IsNever()) chosen.captured = reference.captured;
  chosen.selection.decision = static_cast<LayerSelector::Decision>(reference.kind);
  chosen.selection.ends_picture = (reference.flags & kEndsPicture) != 0;
  if ((reference.flags & kHasTargets) != 0) chosen.selection.active_targets = reference.word;
  return chosen;
}

DataSize OnLine(size_t size) { return DataSize::Bytes(static_cast<int64_t>(size)) + kPacketOverhead; }

// No other frame needs the packet's frame.
bool IsDisposable(const codec::FrameInfo& frame) {
  if (!frame.dependency) return frame.discardable;
  for (size_t i = 0; i < frame.dependency->target_count; ++i) {
    const codec::DecodeTargetIndication indication = frame.dependency->indication(i);
    if (indication != codec::DecodeTargetIndication::kNotPresent &&
        indication != codec::DecodeTargetIndication::kDiscardable) {
      return false;
    }
  }
  return frame.dependency->target_count > 0;
}

}  // namespace

CongestionControl::CongestionControl(const BitrateSettings& bitrates, Timestamp now)
    : pacer_(now), data_credited_(now) {
  controller_.SetBounds(BandwidthController::kDefaultMin, std::min(bitrates.initial_outgoing, kHighest),
                        BandwidthController::kDefaultMax);
  SetBitrates(bitrates);
  pacer_.SetRate(PacingRate(now), now);
}

void CongestionControl::SetBitrates(const BitrateSettings& bitrates) {
  const auto given = [](DataRate rate, DataRate otherwise) {
    return rate > DataRate::Zero() ? std::min(rate, kHighest) : otherwise;
  };
  controller_.SetBounds(given(bitrates.min_outgoing, BandwidthController::kDefaultMin), std::nullopt,
                        given(bitrates.max_outgoing, BandwidthController::kDefaultMax));
}

Pacer::FlowId CongestionControl::AddFlow(Consumer& consumer, bool again) {
  const Pacer::FlowId id = pacer_.AddFlow(again ? Pacer::Class::kRepetition : Pacer::Class::kVideo);
  if (id >= flows_.size()) flows_.resize(id + 1);
  flows_[id] = {.consumer = &consumer, .again = again};
  return id;
}

void CongestionControl::AddConsumer(Consumer& consumer) {
  for (size_t i = 0; i < consumer.stream_count(); ++i) by_streams_ |= consumer.stream(i).params().use_ccfb;
  if (consumer.kind() != MediaKind::kVideo) return;
  const Pacer::FlowId video = AddFlow(consumer, false);
  flows_of_[&consumer] = {.video = video, .again = AddFlow(consumer, true)};
  if (HasLayers(consumer)) consumer.SetLimit(kLowestLayers);
  DivideOften();
}

void CongestionControl::RemoveConsumer(const Consumer& consumer) {
  const auto it = flows_of_.find(&consumer);
  if (it == flows_of_.end()) return;
  for (const Pacer::FlowId id : {it->second.video, it->second.again}) {
    pacer_.RemoveFlow(id);
    flows_[id] = {};
  }
  flows_of_.erase(it);
  DivideSoon();
}

void CongestionControl::OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now) {
  Told(history_.OnFeedback(feedback, now), now);
}

void CongestionControl::OnFeedback(const rtcp::CongestionFeedback& feedback, Timestamp now) {
  if (by_streams_) Told(history_.OnFeedback(feedback, numbers_, now), now);
}

void CongestionControl::Told(const FeedbackReport& report, Timestamp now) {
  if (report.packets.empty()) return;
  told_ = active_ = true;
  controller_.OnFeedback(report);
  AfterUpdate(now);
}

void CongestionControl::OnRemb(DataRate bitrate, Timestamp now) {
  controller_.OnRemb(bitrate, now);
  AfterUpdate(now);
}

void CongestionControl::OnSent(const Written& packet, SeqNum transport_seq, Timestamp now) {
  if (first_sent_.IsNever()) first_sent_ = now;
  last_sent_ = now;
  if (by_streams_) numbers_.OnSent(packet.ssrc, packet.seq, transport_seq);
  const SentPacket sent = history_.OnSent(transport_seq, packet.size, probe_ ? probe_->id : uint16_t{0}, now);
  controller_.OnSent(sent);
  pacer_.Charge(sent.size);
  if (!probe_) return;
  probe_left_ -= sent.size;
  if (--probe_packets_left_ <= 0 && probe_left_ <= DataSize::Zero()) EndProbe(now);
}

void CongestionControl::OnSentUnnumbered(size_t size, Timestamp now) {
  history_.OnSentUnnumbered(size, now);
  pacer_.Charge(OnLine(size));
}

void CongestionControl::OnSentData(size_t size, Timestamp now) {
  history_.OnSentUnnumbered(size, now);
  const DataRate most = controller_.pacing_rate() * kMostData;
  data_credit_ = std::min(data_credit_ + most * std::min(now - data_credited_, kDataBurst), most * kDataBurst);
  data_credited_ = now;
  const DataSize charged = std::min(OnLine(size), data_credit_);
  data_credit_ -= charged;
  pacer_.Charge(charged);
}

void CongestionControl::EndProbe(Timestamp now) {
  probe_.reset();
  pacer_.SetEven(false);
  pacer_.SetRate(PacingRate(now), now);
}

DataRate CongestionControl::PacingRate(Timestamp now) const {
  if (!active_) return kUnpaced;
  if (probe_) return probe_->rate;
  const DataRate rate = controller_.pacing_rate();
  const bool starting = first_sent_.IsNever() || now - first_sent_ < kStart;
  return starting ? std::max(rate, target() * Prober::kFirst) : rate;
}

// The estimate may have changed.
void CongestionControl::AfterUpdate(Timestamp now) {
  if (!probe_ && active_ && !flows_of_.empty()) {
    probe_ = controller_.TakeProbe(now);
    if (probe_) {
      probe_left_ = probe_->size;
      probe_packets_left_ = probe_->packets;
      pacer_.SetEven(true);
    }
  }
  pacer_.SetRate(PacingRate(now), now);
}

std::optional<CircuitBreaker::Reason> CongestionControl::CheckBreaker(bool sending, Timestamp now) {
  const auto reason = breaker_.Check(sending, now);
  if (reason) DivideSoon();
  return reason;
}

void CongestionControl::DivideOften() {
  DivideSoon();
  hurry_ = kHurry;
}

bool CongestionControl::DivisionDue(Timestamp now) const {
  if (last_division_.IsNever() || broken_ != breaker_.is_open(now)) return true;
  const TimeDelta since = now - last_division_;
  const DataRate budget = controller_.lasting_target();
  const bool changed =
      hurry_ > 0 || budget < divided_ * kFall || (next_ > DataRate::Zero() && divided_ < next_ && budget >= next_);
  return since >= kDivision || (changed && since >= kLeastDivision);
}

void CongestionControl::Divide(LayerDivider::Consumers consumers, DataRate others, Turn& turn) {
  last_division_ = turn.now;
  divided_ = controller_.lasting_target();
  for (const auto& [consumer, flows] : flows_of_) pacer_.SetPriority(flows.video, consumer->priority());
  broken_ = breaker_.is_open(turn.now);
  if (broken_) return LayerDivider::Stop(consumers, turn);
  if (!active_) return LayerDivider::Lift(consumers, turn);
  const auto besides = [&](DataRate rate) {
    return DataRate::BitsPerSec(std::max<int64_t>(rate.bps() - others.bps(), 0));
  };
  const LayerDivider::Budget budget{.rise = besides(divided_),
                                    .held = besides(controller_.held_target()),
                                    .per_packet = kPerPacket,
                                    .estimated = true,
                                    .besides = others};
  const LayerDivider::Division division = divider_.Divide(consumers, budget, turn);
  if (division.deep) GiveUpWhatWaits(turn.now);
  if (hurry_ > 0) --hurry_;
  next_ = division.next > DataRate::Zero() ? division.next + others : DataRate::Zero();
  wanted_ = division.wanted + others;
  allocated_ = division.given + others;
  pacer_.SetUnlimited(!division.limited && allocated_ < divided_);
  controller_.SetWanted(wanted_);
  controller_.SetDemand(allocated_, next_, turn.now);
}

// Of consumers that go on at a key frame.
void CongestionControl::GiveUpWhatWaits(Timestamp now) {
  for (const auto& [consumer, flows] : flows_of_) {
    if (!HasLayers(*consumer) || consumer->current_layers()) continue;
    pacer_.GiveUp(flows.video, now);
    pacer_.GiveUp(flows.again, now);
  }
}

bool CongestionControl::Enqueue(const Consumer& consumer, const Consumer::Chosen& chosen, const StoredPacket& packet,
                                Timestamp now) {
  const DataSize size = DataSize::Bytes(static_cast<int64_t>(packet.payload.size())) + kHeaders + kPerPacket;
  return pacer_.Enqueue(flows_of_.at(&consumer).video,
                        {.reference = ReferenceOf(chosen),
                         .size = chosen.sends() ? size : DataSize::Zero(),
                         .frame = packet.timestamp,
                         .key_frame = packet.frame.key_frame,
                         .disposable = IsDisposable(packet.frame)},
                        now);
}

bool CongestionControl::EnqueueAgain(const Consumer& consumer, const OutgoingStream& stream, SeqNum seq,
                                     Timestamp now) {
  uint8_t index = 0;
  while (&consumer.stream(index) != &stream) ++index;
  return pacer_.Enqueue(flows_of_.at(&consumer).again,
                        {.reference = {.seq = ExtSeqNum(seq.value()), .stream = index}, .size = kUsualSize}, now);
}

Consumer* CongestionControl::TakeCut(Timestamp now) {
  const auto flow = pacer_.Shed(now);
  return flow ? flows_[*flow].consumer : nullptr;
}

std::optional<CongestionControl::Leaving> CongestionControl::Next(Timestamp now) {
  const auto released = pacer_.Next(now);
  if (!released) return std::nullopt;
  const Flow& flow = flows_[released->flow];
  Leaving leaving{.consumer = flow.consumer, .again = flow.again, .left_out = released->shed, .chosen = {}};
  leaving.chosen = ChosenOf(released->reference);
  return leaving;
}

Timestamp CongestionControl::deadline() const {
  if (last_division_.IsNever() && !flows_of_.empty()) return Timestamp::Micros(0);
  Timestamp deadline = pacer_.deadline();
  if (probe_) deadline = std::min(deadline, pacer_.NextBudget());
  if (broken_) deadline = std::min(deadline, *breaker_.open_until());
  if (!last_sent_.IsNever() && controller_.deadline() <= last_sent_ + kIdle) {
    deadline = std::min(deadline, controller_.deadline());
  }
  return deadline;
}

void CongestionControl::OnTimer(Timestamp now) {
  if (now < controller_.deadline()) return;
  controller_.OnTimer(now);
  if (!last_sent_.IsNever() && now - last_sent_ > kIdle && probe_) EndProbe(now);
  if (!told_ && !first_sent_.IsNever() && now - first_sent_ > kPatience) active_ = false;
  AfterUpdate(now);
}

}  // namespace sluice
