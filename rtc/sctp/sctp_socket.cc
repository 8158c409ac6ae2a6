#include "rtc/sctp/sctp_socket.h"

#include <usrsctp.h>
#include <usrsctp_context.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice {
namespace {

constexpr size_t kCommonHeader = 12;  // bytes
constexpr uint8_t kAbortChunk = 6;

// Chosen for calls between people: a lost INIT is repeated soon, for the peer may not be ready yet, and a peer that went
// away without a word is noticed in about a minute when there is something to send.
constexpr uint32_t kRtoInitialMs = 1000;
constexpr uint32_t kRtoMinMs = 400;
constexpr uint32_t kRtoMaxMs = 10'000;
constexpr uint16_t kInitAttempts = 20;
constexpr uint16_t kInitRtoMaxMs = 3000;
constexpr uint16_t kMaxRetransmits = 10;
constexpr uint32_t kHeartbeatMs = 30'000;

sockaddr_conn AddressOf(uint64_t handle) {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(SctpAssociation::kPort);
  address.sconn_addr = reinterpret_cast<void*>(static_cast<uintptr_t>(handle));
  return address;
}

template <typename Value>
void Set(struct socket* socket, int level, int option, const Value& value) {
  usrsctp_setsockopt(socket, level, option, &value, sizeof value);
}

std::vector<uint16_t> StreamsOf(const sctp_stream_reset_event& event) {
  const size_t count = event.strreset_length > sizeof event
                           ? (event.strreset_length - sizeof event) / sizeof event.strreset_stream_list[0]
                           : 0;
  return {event.strreset_stream_list, event.strreset_stream_list + count};
}

}  // namespace

SctpSocket::SctpSocket(SctpStack& stack, const SctpConfig& config)
    : stack_(stack), config_(config), handle_(stack.NewHandle()) {}

SctpSocket::~SctpSocket() {
  if (socket_ == nullptr) return;
  SctpStack::Call call(stack_, handle_, last_call_, packets);
  GoDown();
}

bool SctpSocket::Open() {
  usrsctp_register_address(reinterpret_cast<void*>(static_cast<uintptr_t>(handle_)));
  socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  if (socket_ == nullptr) return false;
  usrsctp_set_non_blocking(socket_, 1);
  Configure(config_);
  sockaddr_conn address = AddressOf(handle_);
  return usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

void SctpSocket::Configure(const SctpConfig& config) {
  Set(socket_, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});  // closing is aborting
  Set(socket_, SOL_SOCKET, SO_RCVBUF, static_cast<int>(config.max_receiver_window_buffer_size));
  Set(socket_, SOL_SOCKET, SO_SNDBUF, static_cast<int>(kSendWindow + config.max_send_message_size));
  // A message that is too long comes in pieces as soon as that is known, and its rest is never held.
  Set(socket_, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT,
      std::min(config.max_receive_message_size + 1, config.max_receiver_window_buffer_size));
  Set(socket_, IPPROTO_SCTP, SCTP_NODELAY, uint32_t{1});
  Set(socket_, IPPROTO_SCTP, SCTP_RECVRCVINFO, int{1});
  Set(socket_, IPPROTO_SCTP, SCTP_INITMSG,
      sctp_initmsg{.sinit_num_ostreams = SctpAssociation::kStreams,
                   .sinit_max_instreams = SctpAssociation::kStreams,
                   .sinit_max_attempts = kInitAttempts,
                   .sinit_max_init_timeo = kInitRtoMaxMs});
  Set(socket_, IPPROTO_SCTP, SCTP_RTOINFO,
      sctp_rtoinfo{.srto_initial = kRtoInitialMs, .srto_max = kRtoMaxMs, .srto_min = kRtoMinMs});
  Set(socket_, IPPROTO_SCTP, SCTP_ASSOCINFO, sctp_assocparams{.sasoc_asocmaxrxt = kMaxRetransmits});
  sctp_paddrparams path{};
  path.spp_hbinterval = kHeartbeatMs;
  // Without the common header, and only whole words of it are used.
  path.spp_pathmtu = static_cast<uint32_t>((SctpAssociation::kMtu - kCommonHeader) / 4 * 4);
  path.spp_pathmaxrxt = kMaxRetransmits;
  path.spp_flags = SPP_HB_ENABLE | SPP_PMTUD_DISABLE;
  Set(socket_, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
  Set(socket_, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, sctp_assoc_value{.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ});
  for (uint16_t type : {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_PARTIAL_DELIVERY_EVENT}) {
    Set(socket_, IPPROTO_SCTP, SCTP_EVENT, sctp_event{.se_assoc_id = SCTP_ALL_ASSOC, .se_type = type, .se_on = 1});
  }
}

void SctpSocket::Connect(Timestamp now) {
  if (socket_ != nullptr) return;
  SctpStack::Call call(stack_, handle_, now, packets);
  sockaddr_conn peer = AddressOf(handle_);
  if (!Open() ||
      (usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&peer), sizeof peer) < 0 && errno != EINPROGRESS)) {
    notices_.emplace_back(Down{});
    GoDown();
    return;
  }
  SetDeadline(now);
}

void SctpSocket::HandlePacket(std::span<const uint8_t> packet, Timestamp now) {
  if (socket_ == nullptr || packet.size() <= kCommonHeader) return;
  SctpStack::Call call(stack_, handle_, now, packets);
  usrsctp_conninput(reinterpret_cast<void*>(static_cast<uintptr_t>(handle_)), packet.data(), packet.size(), 0);
  const size_t before = notices_.size();
  Read();
  // An ABORT is how browsers say good-bye.
  if (notices_.size() > before && packet[kCommonHeader] == kAbortChunk) {
    if (auto* down = std::get_if<Down>(&notices_.back())) down->closed = true;
  }
  SetDeadline(now);
}

void SctpSocket::OnTimer(Timestamp now) {
  if (socket_ == nullptr || now < deadline_) return;
  SctpStack::Call call(stack_, handle_, now, packets);
  usrsctp_run_timers(socket_);
  Read();
  SetDeadline(now);
}

void SctpSocket::Abort(Timestamp now) {
  if (socket_ == nullptr) return;
  SctpStack::Call call(stack_, handle_, now, packets);
  GoDown();
}

SctpSocket::Sent SctpSocket::Send(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                                  const SctpReliability& reliability, Timestamp now) {
  if (socket_ == nullptr) return Sent::kNever;
  SctpStack::Call call(stack_, handle_, now, packets);
  sctp_sendv_spa options{};
  options.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  options.sendv_sndinfo.snd_sid = stream_id;
  options.sendv_sndinfo.snd_ppid = htonl(ppid);
  options.sendv_sndinfo.snd_flags = static_cast<uint16_t>(SCTP_EOR | (reliability.ordered ? 0 : SCTP_UNORDERED));
  if (reliability.max_retransmits || reliability.max_packet_life_time) {
    options.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    options.sendv_prinfo.pr_policy = reliability.max_retransmits ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
    options.sendv_prinfo.pr_value = reliability.max_retransmits.value_or(reliability.max_packet_life_time.value_or(0));
  }
  const ssize_t sent =
      usrsctp_sendv(socket_, payload.data(), payload.size(), nullptr, 0, &options, sizeof options, SCTP_SENDV_SPA, 0);
  const int error = errno;
  SetDeadline(now);
  if (sent >= 0) return Sent::kYes;
  return error == EAGAIN || error == EWOULDBLOCK ? Sent::kNoRoom : Sent::kNever;
}

size_t SctpSocket::Unsent(uint16_t stream_id) const { return socket_ ? usrsctp_unsent(socket_, stream_id) : 0; }

void SctpSocket::ResetOutgoing(uint16_t stream_id, Timestamp now) {
  if (socket_ == nullptr) return;
  SctpStack::Call call(stack_, handle_, now, packets);
  alignas(sctp_reset_streams) std::array<uint8_t, sizeof(sctp_reset_streams) + sizeof stream_id> bytes{};
  auto* request = reinterpret_cast<sctp_reset_streams*>(bytes.data());
  request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  request->srs_number_streams = 1;
  std::memcpy(bytes.data() + offsetof(sctp_reset_streams, srs_stream_list), &stream_id, sizeof stream_id);
  usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, bytes.data(), bytes.size());
  SetDeadline(now);
}

std::vector<SctpSocket::Notice> SctpSocket::TakeNotices(Timestamp now) {
  if (socket_ != nullptr) {
    SctpStack::Call call(stack_, handle_, now, packets);
    Read();
    SetDeadline(now);
  }
  return std::exchange(notices_, {});
}

// Everything that usrsctp has for us; it is asked after each call, so its receive buffer holds incomplete messages only.
void SctpSocket::Read() {
  alignas(sctp_notification) std::array<uint8_t, 65536> buffer;
  while (socket_ != nullptr) {
    sctp_rcvinfo info{};
    socklen_t info_size = sizeof info;
    sockaddr_conn from;
    socklen_t from_size = sizeof from;
    unsigned info_type = SCTP_RECVV_NOINFO;
    int flags = 0;
    const ssize_t size = usrsctp_recvv(socket_, buffer.data(), buffer.size(), reinterpret_cast<sockaddr*>(&from),
                                       &from_size, &info, &info_size, &info_type, &flags);
    if (size <= 0) return;
    if (flags & MSG_NOTIFICATION) {
      OnNotification(*reinterpret_cast<const sctp_notification*>(buffer.data()));
    } else if (info_type == SCTP_RECVV_RCVINFO) {
      notices_.emplace_back(Piece{.stream_id = info.rcv_sid,
                                  .ppid = ntohl(info.rcv_ppid),
                                  .bytes = {buffer.data(), buffer.data() + size},
                                  .last = (flags & MSG_EOR) != 0});
    }
  }
}

void SctpSocket::OnNotification(const sctp_notification& notification) {
  switch (notification.sn_header.sn_type) {
    case SCTP_ASSOC_CHANGE: {
      const sctp_assoc_change& change = notification.sn_assoc_change;
      if (change.sac_state == SCTP_COMM_UP || change.sac_state == SCTP_RESTART) {
        notices_.emplace_back(Up{.outbound_streams = change.sac_outbound_streams,
                                 .inbound_streams = change.sac_inbound_streams,
                                 .restarted = change.sac_state == SCTP_RESTART});
      } else {
        notices_.emplace_back(Down{.closed = change.sac_state == SCTP_SHUTDOWN_COMP});
        GoDown();
      }
      return;
    }
    case SCTP_STREAM_RESET_EVENT: {
      const sctp_stream_reset_event& event = notification.sn_strreset_event;
      if (event.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) {
        if (!(event.strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED))) {
          notices_.emplace_back(IncomingReset{StreamsOf(event)});
        }
      } else if (event.strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN) {
        notices_.emplace_back(OutgoingReset{StreamsOf(event)});
      }
      return;
    }
    case SCTP_PARTIAL_DELIVERY_EVENT:
      notices_.emplace_back(PieceAborted{});
      return;
    default:
      return;
  }
}

void SctpSocket::GoDown() {
  if (socket_ != nullptr) {
    usrsctp_leave_timers(socket_);
    usrsctp_close(socket_);
    socket_ = nullptr;
  }
  usrsctp_deregister_address(reinterpret_cast<void*>(static_cast<uintptr_t>(handle_)));
  deadline_ = Timestamp::Infinite();
}

// usrsctp counts in whole milliseconds.
void SctpSocket::SetDeadline(Timestamp now) {
  last_call_ = now;
  uint32_t ms = 0;
  deadline_ = socket_ != nullptr && usrsctp_next_timer(socket_, &ms) != 0 ? Timestamp::Millis(now.ms() + ms)
                                                                          : Timestamp::Infinite();
}

}  // namespace sluice
