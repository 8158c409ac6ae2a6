// One participant's media end: SRTP keyed directly, any number of synthetic streams out and in, and the RTCP that goes
// with them: SR/RR with SDES and XR once a second, NACK and PLI at once, answers to all of these. It has a wall clock
// of its own. ICE, DTLS and SCTP are not here: it sits at a fixed address and sends to a fixed one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/cc/transport_feedback_generator.h"
#include "rtc/net/socket_address.h"
#include "rtc/rtcp/extended_report.h"
#include "rtc/srtp/srtp_session.h"
#include "test/sim/data_client.h"
#include "test/sim/event_queue.h"
#include "test/sim/media_receiver.h"
#include "test/sim/media_sender.h"
#include "test/sim/virtual_network.h"
#include "test/sim/webrtc_client.h"

namespace sluice::sim {

class SimPeer {
 public:
  struct Stats {
    uint32_t srtp_failures = 0;
    uint32_t replays = 0;          // identical packets: a repetition that was asked for twice
    uint32_t unknown_packets = 0;  // RTP of no stream of ours
    uint32_t bad_rtcp = 0;
    uint32_t nacks_sent = 0;         // messages
    uint32_t feedback_messages = 0;  // transport-wide
    uint32_t rembs = 0;
    DataRate remb = DataRate::Zero();  // the last
    uint32_t byes = 0;
  };

  SimPeer(EventQueue& events, VirtualNetwork& network, std::string name, const SocketAddress& address, uint64_t seed);
  SimPeer(const SimPeer&) = delete;
  SimPeer& operator=(const SimPeer&) = delete;

  // Keys are master key and salt.
  void Connect(const SocketAddress& server, SrtpSuite suite, std::span<const uint8_t> our_key,
               std::span<const uint8_t> their_key);

  // Before connecting: data channels besides, over DTLS or, without it, as raw SCTP.
  void EnableData(const SctpConfig& config);
  // Null unless EnableData() was called.
  DataClient* data() { return data_.get(); }

  // ICE and DTLS first; then the keys that they agreed on.
  void ConnectWebRtc(const SocketAddress& server, DtlsContext& context, const WebRtcClient::Config& config);
  // Null unless ConnectWebRtc() was called.
  const WebRtcClient* webrtc() const { return webrtc_.get(); }
  bool has_keys() const { return outbound_.has_value(); }

  // A stream that begins to send at once, and stops at StopSending().
  MediaSender& AddSender(const StreamConfig& config) { return *AddSenders({config})[0]; }
  // Streams that make their frames at the same moments: the layers of a simulcast.
  std::vector<MediaSender*> AddSenders(const std::vector<StreamConfig>& configs);
  MediaReceiver& AddReceiver(const StreamConfig& config);
  void StopSending() { sending_ = false; }
  // A sender that never says when it captured what.
  void LeaveOutSenderReports() { sends_reports_ = false; }
  // A receiver that does not tell when packets with transport-wide numbers came; others do, every 100 ms.
  void LeaveOutTransportFeedback() { feedback_generator_.reset(); }
  // Any bytes, from our address; for hostile scenarios.
  void SendRaw(Datagram datagram) { network_.Send(address_, server_, std::move(datagram)); }

  const std::string& name() const { return name_; }
  const SocketAddress& address() const { return address_; }
  Link& up() { return network_.Up(address_); }
  Link& down() { return network_.Down(address_); }
  // Wall clock less monotonic clock, at this peer.
  TimeDelta wall_offset() const { return wall_offset_; }
  // Packets sent with a transport-wide number, identical repetitions not counted; and what the feedback said of which
  // numbers: true once it said that they came.
  uint32_t transport_packets() const { return transport_packets_; }
  const std::map<ExtSeqNum, bool>& feedback() const { return feedback_; }
  const Stats& stats() const { return stats_; }

 private:
  static constexpr TimeDelta kTick = TimeDelta::Millis(10);
  static constexpr TimeDelta kReportInterval = TimeDelta::Seconds(1);

  void SetKeys(SrtpSuite suite, std::span<const uint8_t> our_key, std::span<const uint8_t> their_key);
  void SendFrames(const std::vector<MediaSender*>& senders);
  void Receive(Datagram datagram);
  void OnRtp(std::span<uint8_t> bytes);
  void OnRtcp(std::span<uint8_t> bytes);
  void OnExtendedReport(const rtcp::ExtendedReport& report);
  MediaSender* FindSender(Ssrc ssrc);
  void Tick();
  void SendRequests();
  void SendReports();
  void SendFeedback();
  void SendRtp(std::span<const uint8_t> packet);
  void SendRtcp(std::span<const uint8_t> compound);
  rtcp::NtpTime Ntp() const { return rtcp::NtpTime::From(events_.now(), wall_offset_); }

  EventQueue& events_;
  VirtualNetwork& network_;
  const std::string name_;
  const SocketAddress address_;
  SocketAddress server_;
  Rng rng_;
  const TimeDelta wall_offset_;
  const Ssrc rtcp_ssrc_;
  std::unique_ptr<WebRtcClient> webrtc_;
  std::unique_ptr<DataClient> data_;
  std::optional<SrtpSession> outbound_;
  std::optional<SrtpSession> inbound_;
  std::vector<std::unique_ptr<MediaSender>> senders_;
  std::vector<std::unique_ptr<MediaReceiver>> receivers_;
  bool sending_ = true;
  bool sends_reports_ = true;
  SeqNum transport_seq_;
  uint32_t transport_packets_ = 0;
  SeqUnwrapper feedback_numbers_;
  std::map<ExtSeqNum, bool> feedback_;
  std::optional<TransportFeedbackGenerator> feedback_generator_ = TransportFeedbackGenerator();
  std::optional<rtcp::ExtendedReport::Dlrr> reference_;  // to be answered with the next report
  Timestamp reference_arrival_;
  Stats stats_;
};

}  // namespace sluice::sim
