// What comes to a transport: STUN, DTLS, RTP and RTCP, told apart by their first byte (RFC 7983).
#include <array>

#include "rtc/rtcp/compound.h"
#include "rtc/rtp/demux.h"
#include "rtc/rtp/header_extension_values.h"
#include "rtc/stun/message.h"
#include "rtc/transport/transport.h"

namespace sluice {
namespace {

bool LooksLikeDtls(std::span<const uint8_t> bytes) { return bytes.size() >= 13 && bytes[0] >= 20 && bytes[0] <= 63; }

}  // namespace

void Transport::HandleDatagram(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn) {
  counters_.received.Add(bytes.size(), turn.now);
  if (stun::LooksLikeStun(bytes)) return HandleStun(path, bytes, turn);
  if (!path_.Accepts(path)) return drops_.Count(DropReason::kForeignPath);
  if (rtp::LooksLikeRtcp(bytes)) return HandleRtcp(path, bytes, arrival, turn);
  if (rtp::LooksLikeRtp(bytes)) return HandleRtp(path, bytes, arrival, turn);
  if (LooksLikeRawSctp(path, bytes)) return HandleRawSctp(path, bytes, turn);
  if (LooksLikeDtls(bytes)) return HandleDtls(bytes, turn);
  drops_.Count(DropReason::kUnknownKind);
}

void Transport::HandleStun(const Path& path, std::span<const uint8_t> bytes, Turn& turn) {
  IceLiteAgent* ice = path_.ice();
  const auto request = ice ? stun::Message::Parse(bytes) : std::nullopt;
  if (!request) return drops_.Count(DropReason::kBadStun);
  std::array<uint8_t, IceLiteAgent::kMaxReply> bytes_out;
  const IceReply reply = ice->HandleRequest(*request, path, turn.now, bytes_out, ice_events_);
  if (reply.verdict != IceVerdict::kAccepted) drops_.Count(DropReason::kBadStun);
  if (reply.size > 0) {
    turn.batch.Send(path, std::span(bytes_out).first(reply.size));
    counters_.sent.Add(reply.size, turn.now);
  }
  AfterIce(turn);
}

void Transport::HandleDtls(std::span<const uint8_t> bytes, Turn& turn) {
  DtlsSession* dtls = protection_.dtls();
  if (!dtls || dtls->state() == DtlsState::kNew) return drops_.Count(DropReason::kDtlsNotExpected);
  const DtlsState before = dtls->state();
  const uint64_t discarded = dtls->discarded();
  dtls->HandleDatagram(bytes, turn.now);
  if (dtls->discarded() > discarded) drops_.Count(DropReason::kBadDtls);
  AfterDtls(before, turn);
  for (const auto& packet : dtls->TakeApplicationData()) HandleSctp(packet, turn);
}

void Transport::CountSrtpError(SrtpError error) {
  switch (error) {
    case SrtpError::kReplay:
      return drops_.Count(DropReason::kReplayed);
    default:
      return drops_.Count(DropReason::kUnauthenticated);
  }
}

void Transport::HandleRtp(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn) {
  if (!protection_.ready()) return drops_.Count(DropReason::kNoKeys);
  const size_t wire_size = bytes.size();
  const SrtpResult clear = protection_.UnprotectRtp(bytes);
  if (!clear.ok()) return CountSrtpError(clear.error);
  const auto packet = rtp::PacketView::Parse(bytes.first(clear.size));
  if (!packet) return drops_.Count(DropReason::kBadRtp);
  LearnPath(path, turn);
  TakeRtp(*packet, demuxer_.Find(*packet), wire_size, arrival, turn);
}

void Transport::TakeRtp(const rtp::PacketView& packet, const std::optional<RtpDemuxer::Target>& target,
                        size_t wire_size, Timestamp arrival, Turn& turn) {
  if (const uint8_t id = demuxer_.extensions().IdOf(rtp::HeaderExtension::kTransportWideCc)) {
    const auto value = packet.Extension(id);
    const auto number = value ? rtp::TransportSequenceNumber::Parse(*value) : std::nullopt;
    if (number) reporter_.OnTransportSeq(number->seq, arrival);
  }
  if (!target) {
    protection_.ForgetInbound(packet.ssrc());  // or a peer could fill the table with SSRCs that nobody wants
    return drops_.Count(DropReason::kUnknownSsrc);
  }
  (target->is_rtx ? counters_.rtx_received : counters_.rtp_received).Add(wire_size, turn.now);
  Producer& producer = *target->producer;
  reporter_.OnRtp(packet, producer.streams()[target->stream].params().clock_rate, SendTimeOf(packet), arrival);
  if (producer.OnRtp(target->stream, target->is_rtx, packet, arrival, turn.outbox.media)) {
    turn.ready.push_back(&producer);
  }
  SendRequests(producer, turn);
}

std::optional<rtp::AbsSendTime> Transport::SendTimeOf(const rtp::PacketView& packet) const {
  if (!reporter_.wants_send_times()) return std::nullopt;
  const uint8_t id = demuxer_.extensions().IdOf(rtp::HeaderExtension::kAbsSendTime);
  const auto value = id ? packet.Extension(id) : std::nullopt;
  return value ? rtp::AbsSendTime::Parse(*value) : std::nullopt;
}

void Transport::HandleDirectRtp(const Producer& producer, std::span<const uint8_t> bytes, Turn& turn) {
  counters_.received.Add(bytes.size(), turn.now);
  const auto packet = rtp::PacketView::Parse(bytes);
  if (!packet) return drops_.Count(DropReason::kBadRtp);
  TakeRtp(*packet, demuxer_.Find(*packet, &producer), bytes.size(), turn.now, turn);
}

void Transport::HandleDirectRtcp(std::span<const uint8_t> compound, Turn& turn) {
  counters_.received.Add(compound.size(), turn.now);
  ReadRtcp(compound, turn.now, turn);
}

void Transport::LearnPath(const Path& path, Turn& turn) {
  TuplePolicy* tuple = path_.tuple();
  if (!tuple || !tuple->Learn(path)) return;
  const bool rtcp = tuple->IsRtcpOnly(path);
  turn.outbox.transport.push_back(
      PlainPathChanged{.transport_id = id_, .path = rtcp ? *tuple->rtcp() : tuple->rtp(), .rtcp = rtcp});
  if (!rtcp && IsConnected()) BecameConnected(turn);
}

void Transport::HandleRtcp(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn) {
  if (!protection_.ready()) return drops_.Count(DropReason::kNoKeys);
  const SrtpResult clear = protection_.UnprotectRtcp(bytes);
  if (!clear.ok()) return CountSrtpError(clear.error);
  LearnPath(path, turn);
  ReadRtcp(bytes.first(clear.size), arrival, turn);
}

void Transport::ReadRtcp(std::span<const uint8_t> compound, Timestamp arrival, Turn& turn) {
  const auto result = rtcp::ReadCompound(
      compound, rtcp::Overloaded{
                    [&](const rtcp::SenderReport& report) {
                      OnSenderReport(report, arrival, turn);
                      OnReportBlocks(report.reports, turn);
                    },
                    [&](const rtcp::ReceiverReport& report) { OnReportBlocks(report.reports, turn); },
                    [&](const rtcp::Nack& nack) { OnNack(nack, turn); },
                    [&](const rtcp::Pli& pli) { OnKeyFrameRequest(pli.media, false, turn); },
                    [&](const rtcp::Fir& fir) {
                      for (const auto& entry : fir.entries) OnKeyFrameRequest(entry.media, true, turn);
                    },
                    [&](const rtcp::ExtendedReport& report) { OnExtendedReport(report, arrival, turn); },
                    [&](const rtcp::Bye& bye) { OnBye(bye); },
                    [&](const rtcp::TransportFeedback& feedback) {
                      if (congestion_) congestion_->OnFeedback(feedback, turn.now);
                    },
                    [&](const rtcp::CongestionFeedback& feedback) {
                      if (congestion_) congestion_->OnFeedback(feedback, turn.now);
                    },
                    [&](const rtcp::Remb& remb) { OnRemb(remb, turn); },
                });
  if (result.error != rtcp::ReadError::kNone || result.malformed > 0) drops_.Count(DropReason::kBadRtcp);
  if (congestion_) AfterCongestionUpdate(turn);
}

void Transport::OnRemb(const rtcp::Remb& remb, Turn& turn) {
  if (IsControlled()) {
    congestion_->OnRemb(remb.bitrate, turn.now);
  } else {
    limiter_.OnRemb(remb, consumers_, turn);
  }
}

void Transport::OnSenderReport(const rtcp::SenderReport& report, Timestamp arrival, Turn& turn) {
  const auto target = demuxer_.FindSsrc(report.sender);
  if (!target || target->is_rtx || !report.ntp.is_set()) return;
  CaptureClockOf(target->producer->config().rtp_parameters.rtcp.cname).OnSenderReport(report.ntp, arrival);
  target->producer->streams()[target->stream].OnSenderReport(report, arrival);
  target->producer->TraceReport(report, turn.now, turn.outbox.media);
}

void Transport::OnReportBlocks(std::span<const rtcp::ReportBlock> blocks, Turn& turn) {
  double lost = 0, sent = 0;
  bool advanced = false;
  std::optional<TimeDelta> rtt;
  for (const rtcp::ReportBlock& block : blocks) {
    const auto it = consumer_by_ssrc_.find(block.source);
    if (it == consumer_by_ssrc_.end()) continue;
    OutgoingStream* stream = it->second->FindStream(block.source);
    if (stream->params().ssrc != block.source) continue;
    advanced |= stream->send().OnReportBlock(block, Ntp(turn.now));
    if (stream->send().rtt()) rtt = stream->send().rtt();
    const auto rate = static_cast<double>(stream->send().bitrate(turn.now).bps());
    sent += rate;
    lost += rate * block.fraction_lost / 256;
  }
  if (congestion_ && rtt) congestion_->OnRtt(*rtt);
  if (congestion_) {
    congestion_->OnReport({.advanced = advanced,
                           .loss = sent > 0 ? lost / sent : 0,
                           .rtt = rtt,
                           .sending = counters_.rtp_sent.rate(turn.now),
                           .packet = counters_.rtp_sent.MeanSize(turn.now)},
                          turn.now);
  }
  if (sent > 0 && !IsControlled()) {
    limiter_.OnReports(lost / sent, counters_.rtp_sent.rate(turn.now), consumers_, turn);
  }
}

void Transport::OnKeyFrameRequest(Ssrc media, bool fir, Turn& turn) {
  const auto it = consumer_by_ssrc_.find(media);
  if (it == consumer_by_ssrc_.end()) return;
  Consumer& consumer = *it->second;
  OutgoingStream* stream = consumer.FindStream(media);
  if (fir) {
    stream->CountFir();
  } else {
    stream->CountPli();
  }
  consumer.Trace(fir ? TraceKind::kFir : TraceKind::kPli, media, turn.now, turn.outbox.media);
  if (consumer.active() && stream->MayAskForKeyFrame(turn.now)) WishKeyFrames(consumer, turn, stream);
}

void Transport::OnExtendedReport(const rtcp::ExtendedReport& report, Timestamp arrival, Turn& turn) {
  if (report.reference_time) reporter_.OnReferenceTime(report.sender, *report.reference_time, arrival);
  std::optional<TimeDelta> rtt;
  for (const auto& answer : report.dlrr) {
    if (answer.receiver != reporter_.ssrc()) continue;
    for (const auto& producer : producers_) {
      for (ProducerStream& stream : producer->streams()) {
        if (!stream.receive()) continue;
        stream.receive()->OnDlrr(answer.last_rr, answer.delay_since_last_rr, Ntp(turn.now));
        if (stream.receive()->rtt()) rtt = stream.receive()->rtt();
      }
    }
  }
  // The way is the same, whoever sends media on it.
  if (congestion_ && rtt) congestion_->OnRtt(*rtt);
}

void Transport::OnBye(const rtcp::Bye& bye) {
  for (Ssrc ssrc : bye.ssrcs) {
    const auto target = demuxer_.FindSsrc(ssrc);
    if (target && !target->is_rtx) target->producer->streams()[target->stream].Pause();  // nothing more to ask for
  }
}

}  // namespace sluice
