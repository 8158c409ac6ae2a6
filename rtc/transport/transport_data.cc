// The SCTP association of a transport: over DTLS, or as packets of their own beside RTP where there is no DTLS. SRTP does
// not cover the latter.
#include <utility>

#include "rtc/sctp/sctp_packet.h"
#include "rtc/transport/transport.h"

namespace sluice {

void Transport::EnableSctp(const std::optional<SctpConfig>& config) {
  if (config && env_.sctp) sctp_ = std::make_unique<SctpAssociation>(*env_.sctp, *config);
}

void Transport::StartSctp(Turn& turn) {
  if (!sctp_ || sctp_->state() != SctpState::kNew) return;
  sctp_->Connect(turn.now);
  AfterSctp(turn);
}

bool Transport::LooksLikeRawSctp(const Path& path, std::span<const uint8_t> bytes) const {
  const TuplePolicy* tuple = path_.tuple();
  return sctp_ && tuple && !tuple->IsRtcpOnly(path) && CouldBeSctp(bytes);
}

void Transport::HandleRawSctp(const Path& path, std::span<const uint8_t> bytes, Turn& turn) {
  if (!protection_.ready()) return drops_.Count(DropReason::kNoKeys);
  // An address is learnt from a good packet only.
  if (!HasValidSctpChecksum(bytes)) return drops_.Count(DropReason::kBadSctp);
  LearnPath(path, turn);
  HandleSctp(bytes, turn);
}

void Transport::HandleSctp(std::span<const uint8_t> packet, Turn& turn) {
  if (!sctp_) return drops_.Count(DropReason::kSctpNotExpected);
  sctp_->HandlePacket(packet, turn.now);
  AfterSctp(turn);
}

void Transport::AfterSctp(Turn& turn) {
  turn.NoteMoved(this);
  SendSctpPackets(turn);
  for (SctpEvent& event : sctp_->TakeEvents()) {
    if (const auto* state = std::get_if<SctpStateChanged>(&event)) {
      turn.outbox.transport.push_back(TransportSctpStateChanged{.transport_id = id_, .state = state->state});
    } else if (const auto* capabilities = std::get_if<SctpCapabilitiesNegotiated>(&event)) {
      turn.outbox.transport.push_back(TransportSctpNegotiated{.transport_id = id_, .capabilities = *capabilities});
    } else {
      OnSctpStreamEvent(event, turn);
    }
  }
}

void Transport::SendSctpPackets(Turn& turn) {
  const Path* path = path_.rtp();
  DtlsSession* dtls = protection_.dtls();
  const auto send = [&](std::span<const uint8_t> datagram) {
    turn.batch.Send(*path, datagram);
    counters_.sent.Add(datagram.size(), turn.now);
    counters_.data_sent.Add(datagram.size(), turn.now);
    if (congestion_) congestion_->OnSentData(datagram.size(), turn.now);
  };
  for (const auto& packet : sctp_->TakePackets()) {
    if (!path) continue;  // its retransmission may find one
    if (!dtls) {
      send(packet);
    } else if (dtls->SendApplicationData(packet, turn.now)) {
      for (const auto& datagram : dtls->TakeDatagrams()) send(datagram);
    }
  }
}

SctpSendResult Transport::SendData(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                                   const SctpReliability& reliability, Turn& turn) {
  if (!sctp_) return SctpSendResult::kClosed;
  const SctpSendResult result = sctp_->Send(stream_id, ppid, payload, reliability, turn.now);
  if (result == SctpSendResult::kQueued) AfterSctp(turn);
  return result;
}

void Transport::ResetDataStream(uint16_t stream_id, Turn& turn) {
  if (!sctp_) return;
  sctp_->ResetStream(stream_id, turn.now);
  AfterSctp(turn);
}

// The way to the peer is gone for good.
void Transport::EndSctp(Turn& turn) {
  if (!sctp_) return;
  sctp_->Close(turn.now);
  AfterSctp(turn);
}

}  // namespace sluice
