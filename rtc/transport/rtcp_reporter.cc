#include "rtc/transport/rtcp_reporter.h"

#include <algorithm>

#include "rtc/rtcp/compound.h"

namespace sluice {
namespace {

constexpr TimeDelta kReportInterval = TimeDelta::Millis(1000);
constexpr TimeDelta kReportSpread = TimeDelta::Millis(500);

std::optional<Ssrc> AnySsrc(RtcpReporter::Producers producers) {
  for (const auto& producer : producers) {
    for (const ProducerStream& stream : producer->streams()) {
      if (stream.ssrc()) return stream.ssrc();
    }
  }
  return std::nullopt;
}

}  // namespace

RtcpReporter::RtcpReporter(Ssrc ssrc, Timestamp now, Rng& rng)
    : ssrc_(ssrc), rng_(rng), next_report_(now + TimeDelta::Micros(rng.Between(0, kReportInterval.us()))) {}

void RtcpReporter::OnProducersChanged(Producers producers, bool estimates) {
  const auto any = [&](auto condition) {
    return std::ranges::any_of(producers,
                               [&](const auto& producer) { return condition(producer->config().rtp_parameters); });
  };
  const auto negotiated = [&](const char* type, const char* parameter) {
    return any([&](const RtpParameters& parameters) {
      return std::ranges::any_of(parameters.codecs,
                                 [&](const auto& codec) { return codec.HasFeedback(type, parameter); });
    });
  };
  const bool numbered = any([](const RtpParameters& parameters) {
    return parameters.Extensions().Has(rtp::HeaderExtension::kTransportWideCc);
  });
  const bool may_tell = estimates && !feedback_ && !numbered;
  if (!may_tell || !negotiated("ack", "ccfb")) {
    congestion_feedback_.reset();
  } else if (!congestion_feedback_) {
    congestion_feedback_.emplace();
  }
  wants_remb_ = may_tell && !congestion_feedback_ && negotiated("goog-remb", "");
  if (!wants_remb_) remb_.StopEstimating();
}

void RtcpReporter::OnRtp(const rtp::PacketView& packet, uint32_t clock_rate, std::optional<rtp::AbsSendTime> sent,
                         Timestamp arrival) {
  if (congestion_feedback_) congestion_feedback_->OnPacket(packet.ssrc(), packet.seq(), arrival);
  if (!wants_remb_) return;
  remb_.OnPacket({.ssrc = packet.ssrc(),
                  .timestamp = packet.timestamp(),
                  .clock_rate = clock_rate,
                  .sent = sent,
                  .size = packet.size(),
                  .arrival = arrival});
}

void RtcpReporter::OnTransportSeq(SeqNum seq, Timestamp arrival) {
  if (!feedback_) {
    feedback_.emplace();
    congestion_feedback_.reset();
    wants_remb_ = false;
    remb_.StopEstimating();
  }
  feedback_->OnPacket(seq, arrival);
}

void RtcpReporter::OnReferenceTime(Ssrc from, rtcp::NtpTime reference, Timestamp arrival) {
  auto known = std::ranges::find(references_, from, &Reference::from);
  if (known == references_.end()) {
    if (references_.size() == kMaxReferences) return;
    known = references_.insert(references_.end(), Reference{.from = from});
  }
  known->reference = reference;
  known->arrival = arrival;
}

Timestamp RtcpReporter::NextDeadline() const {
  Timestamp deadline = std::min(next_report_, remb_.deadline());
  if (feedback_) deadline = std::min(deadline, feedback_->deadline());
  if (congestion_feedback_) deadline = std::min(deadline, congestion_feedback_->deadline());
  return deadline;
}

void RtcpReporter::SendReports(Producers producers, Consumers consumers, Timestamp now, rtcp::NtpTime ntp, Emit emit) {
  next_report_ = now + kReportInterval + TimeDelta::Micros(rng_.Between(0, kReportSpread.us()));
  SendReceiverReports(producers, now, ntp, emit);
  SendSenderReports(consumers, now, ntp, emit);
}

void RtcpReporter::SendReceiverReports(Producers producers, Timestamp now, rtcp::NtpTime ntp, Emit emit) {
  blocks_.clear();
  for (const auto& producer : producers) {
    for (ProducerStream& stream : producer->streams()) {
      if (!stream.receive()) continue;
      if (const auto block = stream.receive()->MakeReportBlock(now)) blocks_.push_back(*block);
    }
  }
  for (size_t at = 0; at < blocks_.size(); at += rtcp::kMaxCount) {
    std::array<uint8_t, kMaxSize> bytes;
    rtcp::CompoundWriter writer(bytes);
    rtcp::ReceiverReport report{.sender = ssrc_};
    for (size_t i = at; i < std::min(blocks_.size(), at + rtcp::kMaxCount); ++i) report.reports.push_back(blocks_[i]);
    writer.Add(report);
    if (at == 0) {  // one reference time is enough for all streams
      rtcp::ExtendedReport reference = TakeAnswers(now);
      reference.reference_time = ntp;
      writer.Add(reference);
    }
    emit(writer.written());
  }
}

void RtcpReporter::SendSenderReports(Consumers consumers, Timestamp now, rtcp::NtpTime ntp, Emit emit) {
  std::array<uint8_t, kMaxSize> bytes;
  std::optional<rtcp::CompoundWriter> writer(bytes);
  bool answers_pending = !references_.empty();
  for (const auto& consumer : consumers) {
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      const OutgoingStream& stream = consumer->stream(i);
      const auto report = consumer->active() ? stream.send().MakeSenderReport(now, ntp) : std::nullopt;
      if (!report) continue;
      rtcp::SourceDescription cname;
      cname.chunks.push_back({.ssrc = stream.params().ssrc, .cname = stream.params().cname});
      if (writer->left() < report->WireSize() + cname.WireSize()) {
        emit(writer->written());
        writer.emplace(bytes);
      }
      writer->Add(*report);
      writer->Add(cname);
      if (answers_pending) {
        answers_pending = false;
        writer->Add(TakeAnswers(now));
      }
    }
  }
  if (!writer->empty()) emit(writer->written());
}

rtcp::ExtendedReport RtcpReporter::TakeAnswers(Timestamp now) {
  rtcp::ExtendedReport answers{.sender = ssrc_};
  for (const Reference& reference : references_) {
    answers.dlrr.push_back({.receiver = reference.from,
                            .last_rr = reference.reference.Compact(),
                            .delay_since_last_rr = rtcp::ToCompactDelta(now - reference.arrival)});
  }
  references_.clear();
  return answers;
}

void RtcpReporter::SendFeedback(Producers producers, Timestamp now, rtcp::NtpTime ntp, Emit emit) {
  const auto media = AnySsrc(producers);
  std::array<uint8_t, kMaxSize> bytes;
  if (feedback_ && now >= feedback_->deadline()) {
    while (const auto message = feedback_->Next(ssrc_, media.value_or(ssrc_))) {
      rtcp::CompoundWriter writer(bytes);
      if (writer.Add(*message)) emit(writer.written());
    }
  }
  if (congestion_feedback_ && now >= congestion_feedback_->deadline()) {
    while (const auto message = congestion_feedback_->Next(ssrc_, now, ntp.Compact())) {
      rtcp::CompoundWriter writer(bytes);
      if (writer.Add(*message)) emit(writer.written());
    }
  }
  if (const auto limit = remb_.Due(now)) {
    rtcp::Remb remb{.sender = ssrc_, .bitrate = *limit};
    for (const auto& producer : producers) {
      for (const ProducerStream& stream : producer->streams()) {
        if (stream.ssrc() && remb.ssrcs.size() < rtcp::Remb::kMaxSsrcs) remb.ssrcs.push_back(*stream.ssrc());
      }
    }
    rtcp::CompoundWriter writer(bytes);
    if (!remb.ssrcs.empty() && writer.Add(remb)) emit(writer.written());
  }
}

}  // namespace sluice
