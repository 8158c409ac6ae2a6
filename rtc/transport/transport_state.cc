// How a transport comes to be connected, and what time does to it.
#include <algorithm>

#include "rtc/transport/transport.h"

namespace sluice {

void Transport::StartDtls(Turn& turn) {
  DtlsSession* dtls = protection_.dtls();
  if (!dtls || !dtls_role_ || dtls->state() != DtlsState::kNew || !path_.rtp()) return;
  dtls->Start(*dtls_role_, turn.now);
}

void Transport::AfterIce(Turn& turn) {
  bool selected = false;
  for (const IceEvent& event : ice_events_) {
    switch (event.kind) {
      case IceEvent::Kind::kStateChanged:
        turn.outbox.transport.push_back(IceStateChanged{.transport_id = id_, .state = event.state});
        break;
      case IceEvent::Kind::kPathSelected:
        selected = true;
        turn.outbox.transport.push_back(SelectedPathChanged{.transport_id = id_, .path = event.path});
        break;
      case IceEvent::Kind::kPathAdded:
      case IceEvent::Kind::kPathRemoved:
        turn.outbox.paths.push_back(
            {.transport = this, .path = event.path, .added = event.kind == IceEvent::Kind::kPathAdded});
        break;
    }
  }
  ice_events_.clear();
  if (!selected || !protection_.dtls()) return;
  const DtlsState before = protection_.dtls()->state();
  StartDtls(turn);
  AfterDtls(before, turn);
}

void Transport::AfterDtls(DtlsState before, Turn& turn) {
  DtlsSession& dtls = *protection_.dtls();
  for (const auto& datagram : dtls.TakeDatagrams()) {
    const Path* path = path_.rtp();
    if (!path) continue;  // its retransmission will find one
    turn.batch.Send(*path, datagram);
    counters_.sent.Add(datagram.size(), turn.now);
  }
  const DtlsState state = dtls.state();
  if (state == before) return;
  if (before == DtlsState::kNew && state != DtlsState::kConnecting) {
    turn.outbox.transport.push_back(DtlsStateChanged{.transport_id = id_, .state = DtlsState::kConnecting});
  }
  DtlsStateChanged change{.transport_id = id_, .state = state};
  if (state == DtlsState::kConnected) {
    if (!protection_.SetKeysFromDtls().ok()) change.state = DtlsState::kFailed;
    change.remote_certificate = dtls.remote_certificate_pem();
  }
  turn.outbox.transport.push_back(std::move(change));
  if (state == DtlsState::kConnected && IsConnected()) BecameConnected(turn);
  if (state == DtlsState::kFailed || state == DtlsState::kClosed) EndSctp(turn);
}

void Transport::BecameConnected(Turn& turn) {
  StartSctp(turn);
  for (const auto& consumer : consumers_) WishKeyFrames(*consumer, turn);
}

Timestamp Transport::NextDeadline() const {
  Timestamp deadline = reporter_.NextDeadline();
  if (!IsControlled()) deadline = std::min(deadline, limiter_.deadline());
  if (congestion_) deadline = std::min(deadline, congestion_->deadline());
  if (path_.ice()) deadline = std::min(deadline, path_.ice()->NextDeadline());
  if (protection_.dtls()) deadline = std::min(deadline, protection_.dtls()->NextDeadline());
  if (sctp_) deadline = std::min(deadline, sctp_->NextDeadline());
  for (const auto& producer : producers_) deadline = std::min(deadline, producer->NextDeadline());
  told_deadline_ = deadline;
  return deadline;
}

void Transport::OnTimer(Turn& turn) {
  if (IceLiteAgent* ice = path_.ice()) {
    ice->OnTimer(turn.now, ice_events_);
    AfterIce(turn);
  }
  if (DtlsSession* dtls = protection_.dtls()) {
    const DtlsState before = dtls->state();
    dtls->OnTimer(turn.now);
    AfterDtls(before, turn);
  }
  if (sctp_ && sctp_->NextDeadline() <= turn.now) {
    sctp_->OnTimer(turn.now);
    AfterSctp(turn);
  }
  for (const auto& producer : producers_) {
    producer->OnTimer(turn.now);
    SendRequests(*producer, turn);
  }
  const auto emit = [&](std::span<const uint8_t> rtcp) { SendRtcp(rtcp, turn); };
  if (reporter_.ReportsDue(turn.now)) SendReports(turn);
  reporter_.SendFeedback(producers_, turn.now, Ntp(turn.now), emit);
  if (congestion_) {
    congestion_->OnTimer(turn.now);
    AfterCongestionUpdate(turn);
  }
  if (!IsControlled()) limiter_.OnTimer(consumers_, turn);
}

void Transport::HandlePathClosed(const Path& path, Turn& turn) {
  if (IceLiteAgent* ice = path_.ice()) {
    ice->RemovePath(path, ice_events_);
    AfterIce(turn);
  }
}

void Transport::Close(Turn& turn) {
  if (sctp_) {
    sctp_->Close(turn.now);
    SendSctpPackets(turn);
  }
  if (DtlsSession* dtls = protection_.dtls()) {
    dtls->Close(turn.now);
    for (const auto& datagram : dtls->TakeDatagrams()) {
      if (const Path* path = path_.rtp()) turn.batch.Send(*path, datagram);
    }
  }
  if (IceLiteAgent* ice = path_.ice()) {
    for (const Path& path : ice->paths()) {
      turn.outbox.paths.push_back({.transport = this, .path = path, .added = false});
    }
  }
  std::erase(turn.moved, this);
}

}  // namespace sluice
