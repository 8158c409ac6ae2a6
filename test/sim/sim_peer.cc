#include "test/sim/sim_peer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/base/check.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/demux.h"
#include "rtc/rtp/header_extension_values.h"

namespace sluice::sim {
namespace {

// Anywhere within some years: nothing may depend on peers' clocks being right.
TimeDelta RandomWallOffset(Rng& rng) {
  return TimeDelta::Micros(rng.Between(1'600'000'000'000'000, 1'900'000'000'000'000));
}

}  // namespace

SimPeer::SimPeer(EventQueue& events, VirtualNetwork& network, std::string name, const SocketAddress& address,
                 uint64_t seed)
    : events_(events),
      network_(network),
      name_(std::move(name)),
      address_(address),
      rng_(seed),
      wall_offset_(RandomWallOffset(rng_)),
      rtcp_ssrc_(rng_.U32()),
      transport_seq_(static_cast<uint16_t>(rng_.U32())) {
  network_.Attach(address_, [this](const SocketAddress&, Datagram datagram) { Receive(std::move(datagram)); });
}

void SimPeer::Connect(const SocketAddress& server, SrtpSuite suite, std::span<const uint8_t> our_key,
                      std::span<const uint8_t> their_key) {
  server_ = server;
  SetKeys(suite, our_key, their_key);
  if (data_) data_->Start();
}

void SimPeer::EnableData(const SctpConfig& config) {
  data_ = std::make_unique<DataClient>(events_, config, rng_.U64(), [this](std::span<const uint8_t> packet) {
    if (webrtc_) {
      webrtc_->SendData(packet);
    } else {
      SendRaw(Datagram(packet.begin(), packet.end()));
    }
  });
}

void SimPeer::ConnectWebRtc(const SocketAddress& server, DtlsContext& context, const WebRtcClient::Config& config) {
  server_ = server;
  WebRtcClient::Hooks hooks{
      .send = [this](std::span<const uint8_t> bytes) { SendRaw(Datagram(bytes.begin(), bytes.end())); },
      .connected =
          [this](const SrtpKeys& keys) {
            const auto suite = SrtpSuiteFromDtlsProfile(keys.dtls_profile);
            SLUICE_CHECK(suite.has_value());
            SetKeys(*suite, keys.local, keys.remote);
            if (data_) data_->Start();
          },
      .data =
          [this](std::span<const uint8_t> packet) {
            if (data_) data_->HandlePacket(packet);
          }};
  webrtc_ = std::make_unique<WebRtcClient>(events_, context, config, rng_, std::move(hooks));
}

void SimPeer::SetKeys(SrtpSuite suite, std::span<const uint8_t> our_key, std::span<const uint8_t> their_key) {
  auto outbound = SrtpSession::CreateOutbound(suite, our_key);
  auto inbound = SrtpSession::CreateInbound(suite, their_key);
  SLUICE_CHECK(outbound.ok() && inbound.ok());
  outbound_ = *std::move(outbound);
  inbound_ = *std::move(inbound);
  events_.Every(kTick, [this] { Tick(); });
  events_.After(TimeDelta::Millis(rng_.Between(0, 500)), [this] {
    SendReports();
    events_.Every(kReportInterval, [this] { SendReports(); });
  });
}

std::vector<MediaSender*> SimPeer::AddSenders(const std::vector<StreamConfig>& configs) {
  const MediaSender::Hooks hooks{.send = [this](std::span<const uint8_t> rtp) { SendRtp(rtp); },
                                 .next_transport_seq =
                                     [this] {
                                       ++transport_packets_;
                                       return std::exchange(transport_seq_, transport_seq_ + 1);
                                     }};
  std::vector<MediaSender*> senders;
  for (const StreamConfig& config : configs) {
    senders_.push_back(std::make_unique<MediaSender>(config, rng_, hooks));
    senders.push_back(senders_.back().get());
  }
  const TimeDelta phase = TimeDelta::Micros(rng_.Between(0, configs[0].frame_interval.us()));
  events_.After(phase, [this, senders] { SendFrames(senders); });
  return senders;
}

void SimPeer::SendFrames(const std::vector<MediaSender*>& senders) {
  if (!sending_) return;
  for (MediaSender* sender : senders) sender->SendFrame(events_.now());
  events_.After(senders[0]->config().frame_interval, [this, senders] { SendFrames(senders); });
}

MediaReceiver& SimPeer::AddReceiver(const StreamConfig& config) {
  receivers_.push_back(std::make_unique<MediaReceiver>(config));
  return *receivers_.back();
}

void SimPeer::Receive(Datagram datagram) {
  if (webrtc_ && webrtc_->HandleDatagram(datagram)) return;
  if (!inbound_) return;
  if (rtp::LooksLikeRtcp(datagram)) return OnRtcp(datagram);
  if (rtp::LooksLikeRtp(datagram)) return OnRtp(datagram);
  if (data_) data_->HandlePacket(datagram);
}

void SimPeer::OnRtp(std::span<uint8_t> bytes) {
  const SrtpResult clear = inbound_->UnprotectRtp(bytes);
  if (!clear.ok()) return void(++(clear.error == SrtpError::kReplay ? stats_.replays : stats_.srtp_failures));
  const auto packet = rtp::PacketView::Parse(bytes.first(clear.size));
  const bool ours = packet && std::ranges::any_of(receivers_, [&](const auto& receiver) {
                      return receiver->OnRtp(*packet, events_.now());
                    });
  if (!ours) ++stats_.unknown_packets;
  if (const auto value = packet && feedback_generator_ ? packet->Extension(kTransportSeqId) : std::nullopt) {
    if (const auto number = rtp::TransportSequenceNumber::Parse(*value)) {
      feedback_generator_->OnPacket(number->seq, events_.now());
    }
  }
  SendRequests();
}

void SimPeer::OnRtcp(std::span<uint8_t> bytes) {
  const SrtpResult clear = inbound_->UnprotectRtcp(bytes);
  if (!clear.ok()) return void(++stats_.srtp_failures);
  const Timestamp now = events_.now();
  const auto on_key_frame_request = [&](Ssrc media) {
    if (MediaSender* sender = FindSender(media)) sender->OnKeyFrameRequest();
  };
  const auto result = rtcp::ReadCompound(
      bytes.first(clear.size),
      rtcp::Overloaded{[&](const rtcp::SenderReport& report) {
                         for (const auto& receiver : receivers_) {
                           if (receiver->config().ssrc == report.sender) receiver->OnSenderReport(report, now);
                         }
                       },
                       [&](const rtcp::Nack& nack) {
                         if (MediaSender* sender = FindSender(nack.media)) sender->OnNack(nack);
                       },
                       [&](const rtcp::Pli& pli) { on_key_frame_request(pli.media); },
                       [&](const rtcp::Fir& fir) {
                         for (const auto& entry : fir.entries) on_key_frame_request(entry.media);
                       },
                       [&](const rtcp::ExtendedReport& report) { OnExtendedReport(report); },
                       [&](const rtcp::TransportFeedback& feedback) {
                         ++stats_.feedback_messages;
                         for (const auto& packet : feedback.packets) {
                           feedback_[feedback_numbers_.Unwrap(packet.seq)] |= packet.arrival.has_value();
                         }
                       },
                       [&](const rtcp::Remb& remb) {
                         ++stats_.rembs;
                         stats_.remb = remb.bitrate;
                       },
                       [&](const rtcp::Bye& bye) { stats_.byes += static_cast<uint32_t>(bye.ssrcs.size()); }});
  if (result.error != rtcp::ReadError::kNone || result.malformed > 0) ++stats_.bad_rtcp;
}

void SimPeer::OnExtendedReport(const rtcp::ExtendedReport& report) {
  if (report.reference_time) {
    reference_ = {.receiver = report.sender, .last_rr = report.reference_time->Compact()};
    reference_arrival_ = events_.now();
  }
  for (const auto& answer : report.dlrr) {
    if (answer.receiver != rtcp_ssrc_) continue;
    for (const auto& receiver : receivers_) {
      receiver->stream().OnDlrr(answer.last_rr, answer.delay_since_last_rr, Ntp());
    }
  }
}

MediaSender* SimPeer::FindSender(Ssrc ssrc) {
  const auto it = std::ranges::find(senders_, ssrc, [](const auto& sender) { return sender->config().ssrc; });
  return it == senders_.end() ? nullptr : it->get();
}

void SimPeer::Tick() {
  for (const auto& receiver : receivers_) receiver->OnTimer(events_.now());
  SendRequests();
  SendFeedback();
}

void SimPeer::SendFeedback() {
  if (!feedback_generator_ || events_.now() < feedback_generator_->deadline()) return;
  while (const auto feedback = feedback_generator_->Next(rtcp_ssrc_, receivers_.front()->config().ssrc)) {
    std::array<uint8_t, 1200> bytes;
    rtcp::CompoundWriter writer(bytes);
    SLUICE_CHECK(writer.Add(*feedback));
    SendRtcp(writer.written());
  }
}

void SimPeer::SendRequests() {
  std::array<uint8_t, 1200> bytes;
  rtcp::CompoundWriter writer(bytes);
  for (const auto& receiver : receivers_) {
    const std::vector<SeqNum> missing = receiver->TakeNacks();
    for (size_t at = 0; at < missing.size(); at += rtcp::Nack::kMaxSeqs) {
      rtcp::Nack nack{.sender = rtcp_ssrc_, .media = receiver->config().ssrc};
      nack.seqs.assign(missing.begin() + static_cast<ptrdiff_t>(at),
                       missing.begin() + static_cast<ptrdiff_t>(std::min(missing.size(), at + rtcp::Nack::kMaxSeqs)));
      stats_.nacks_sent += writer.Add(nack) ? 1 : 0;
    }
    if (receiver->TakePli(events_.now())) writer.Add(rtcp::Pli{.sender = rtcp_ssrc_, .media = receiver->config().ssrc});
  }
  if (!writer.empty()) SendRtcp(writer.written());
}

void SimPeer::SendReports() {
  const Timestamp now = events_.now();
  std::array<uint8_t, 1200> bytes;
  rtcp::CompoundWriter writer(bytes);
  rtcp::SourceDescription description;
  for (const auto& sender : senders_) {
    const auto report = sends_reports_ ? sender->MakeReport(now, Ntp()) : std::nullopt;
    if (report) writer.Add(*report);
    description.chunks.push_back({sender->config().ssrc, name_});
  }
  rtcp::ReceiverReport report{.sender = rtcp_ssrc_};
  for (const auto& receiver : receivers_) {
    if (const auto block = receiver->stream().MakeReportBlock(now)) report.reports.push_back(*block);
  }
  writer.Add(report);
  writer.Add(description);
  rtcp::ExtendedReport extended{.sender = rtcp_ssrc_, .reference_time = Ntp()};
  if (auto answer = std::exchange(reference_, std::nullopt)) {
    answer->delay_since_last_rr = rtcp::ToCompactDelta(now - reference_arrival_);
    extended.dlrr.push_back(*answer);
  }
  writer.Add(extended);
  SendRtcp(writer.written());
}

void SimPeer::SendRtp(std::span<const uint8_t> packet) {
  if (!outbound_) return;
  Datagram datagram(packet.begin(), packet.end());
  datagram.resize(packet.size() + kMaxSrtpOverhead);
  const SrtpResult result = outbound_->ProtectRtp(datagram, packet.size());
  SLUICE_CHECK(result.ok());
  datagram.resize(result.size);
  SendRaw(std::move(datagram));
}

void SimPeer::SendRtcp(std::span<const uint8_t> compound) {
  if (!outbound_) return;
  Datagram datagram(compound.begin(), compound.end());
  datagram.resize(compound.size() + kMaxSrtpOverhead);
  const SrtpResult result = outbound_->ProtectRtcp(datagram, compound.size());
  SLUICE_CHECK(result.ok());
  datagram.resize(result.size);
  SendRaw(std::move(datagram));
}

}  // namespace sluice::sim
