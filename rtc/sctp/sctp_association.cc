#include "rtc/sctp/sctp_association.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "rtc/sctp/outgoing_streams.h"
#include "rtc/sctp/sctp_socket.h"
#include "rtc/sctp/sctp_stack.h"

namespace sluice {
namespace {

// Little is kept below our queues, so that streams take turns and the buffered amount means something; but enough that
// usrsctp always has the next packets at hand.
constexpr uint32_t kUnsentGoal = 16'384;  // bytes

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

}  // namespace

struct SctpAssociation::Impl {
  Impl(SctpStack& stack, const SctpConfig& wanted) : config(wanted), socket(stack, wanted), outgoing(wanted) {}

  void SetState(SctpState next);
  // Reads what happened below, and hands down what fits.
  void Work(Timestamp now);
  void HandleNotices(Timestamp now);
  void OnUp(const SctpSocket::Up& up, Timestamp now);
  void OnPiece(SctpSocket::Piece& piece);
  void OnIncomingReset(std::vector<uint16_t> streams);
  void Pump(Timestamp now);
  void ReadUnsent();
  bool over() const { return state == SctpState::kFailed || state == SctpState::kClosed; }

  const SctpConfig config;
  SctpSocket socket;
  OutgoingStreams outgoing;
  SctpState state = SctpState::kNew;
  std::optional<SctpCapabilitiesNegotiated> capabilities;
  std::vector<SctpEvent> events;
  absl::flat_hash_set<uint16_t> heard;  // incoming streams that carried a message since their last reset
  std::optional<SctpMessageReceived> partial;
  bool skipping = false;  // the rest of a message that is too long
};

void SctpAssociation::Impl::SetState(SctpState next) {
  if (state == next || over()) return;
  state = next;
  events.emplace_back(SctpStateChanged{next});
}

void SctpAssociation::Impl::HandleNotices(Timestamp now) {
  for (SctpSocket::Notice& notice : socket.TakeNotices(now)) {
    std::visit(
        Overloaded{[&](SctpSocket::Up& up) { OnUp(up, now); },
                   [&](SctpSocket::Down& down) { SetState(down.closed ? SctpState::kClosed : SctpState::kFailed); },
                   [&](SctpSocket::Piece& piece) { OnPiece(piece); },
                   [&](SctpSocket::PieceAborted&) { partial.reset(), skipping = false; },
                   [&](SctpSocket::IncomingReset& reset) { OnIncomingReset(std::move(reset.streams)); },
                   [&](SctpSocket::OutgoingReset& reset) {
                     for (uint16_t stream_id : reset.streams) outgoing.Unblock(stream_id);
                     if (reset.streams.empty()) outgoing.UnblockAll();
                   }},
        notice);
  }
}

void SctpAssociation::Impl::OnUp(const SctpSocket::Up& up, Timestamp /*now*/) {
  const SctpCapabilitiesNegotiated negotiated{.outbound_streams = up.outbound_streams,
                                              .inbound_streams = up.inbound_streams};
  if (up.restarted) {
    partial.reset();
    skipping = false;
    outgoing.UnblockAll();
  }
  const bool told = capabilities && capabilities->outbound_streams == negotiated.outbound_streams &&
                    capabilities->inbound_streams == negotiated.inbound_streams;
  capabilities = negotiated;
  // First the numbers: whoever hears that it is connected looks for them.
  if (!told) events.emplace_back(negotiated);
  SetState(SctpState::kConnected);
}

void SctpAssociation::Impl::OnPiece(SctpSocket::Piece& piece) {
  if (partial && (partial->stream_id != piece.stream_id || partial->ppid != piece.ppid)) partial.reset();
  if (!skipping) {
    if (!partial) partial = SctpMessageReceived{.stream_id = piece.stream_id, .ppid = piece.ppid};
    if (partial->payload.size() + piece.bytes.size() > config.max_receive_message_size) {
      partial.reset();
      skipping = true;
    } else if (partial->payload.empty()) {
      partial->payload = std::move(piece.bytes);
    } else {
      partial->payload.insert(partial->payload.end(), piece.bytes.begin(), piece.bytes.end());
    }
  }
  if (!piece.last) return;
  if (!std::exchange(skipping, false)) {
    heard.insert(piece.stream_id);
    events.emplace_back(std::move(*partial));
  }
  partial.reset();
}

void SctpAssociation::Impl::OnIncomingReset(std::vector<uint16_t> streams) {
  if (streams.empty()) {
    streams.assign(heard.begin(), heard.end());
    std::ranges::sort(streams);
  }
  for (uint16_t stream_id : streams) {
    heard.erase(stream_id);
    events.emplace_back(SctpStreamReset{stream_id});
  }
}

void SctpAssociation::Impl::Pump(Timestamp now) {
  while (state == SctpState::kConnected && outgoing.unsent() < kUnsentGoal) {
    const std::optional<uint16_t> stream_id = outgoing.Next(now);
    if (!stream_id) return;
    const OutgoingStreams::Message& message = outgoing.front(*stream_id);
    if (*stream_id < capabilities->outbound_streams) {
      SctpReliability reliability = message.reliability;
      if (reliability.max_packet_life_time && !reliability.max_retransmits) {
        // 0 is "no limit" to usrsctp.
        reliability.max_packet_life_time = static_cast<uint16_t>(std::max<int64_t>((message.expires - now).ms(), 1));
      }
      const auto sent = socket.Send(*stream_id, message.ppid, message.payload, reliability, now);
      if (sent == SctpSocket::Sent::kNoRoom) return;
    }
    outgoing.Pop(*stream_id);
    outgoing.SetUnsent(*stream_id, static_cast<uint32_t>(socket.Unsent(*stream_id)));
  }
}

void SctpAssociation::Impl::ReadUnsent() {
  for (uint16_t stream_id : outgoing.WithUnsent()) {
    outgoing.SetUnsent(stream_id, static_cast<uint32_t>(socket.Unsent(stream_id)));
  }
}

void SctpAssociation::Impl::Work(Timestamp now) {
  HandleNotices(now);
  ReadUnsent();
  Pump(now);
  // What the sending itself brought about.
  HandleNotices(now);
  for (const SctpBufferedAmountLow& low : outgoing.TakeLow()) {
    if (!over()) events.emplace_back(low);
  }
}

SctpAssociation::SctpAssociation(SctpStack& stack, const SctpConfig& config)
    : impl_(std::make_unique<Impl>(stack, config)) {}
SctpAssociation::~SctpAssociation() = default;

void SctpAssociation::Connect(Timestamp now) {
  if (impl_->state != SctpState::kNew) return;
  impl_->SetState(SctpState::kConnecting);
  impl_->socket.Connect(now);
  impl_->Work(now);
}

void SctpAssociation::HandlePacket(std::span<const uint8_t> packet, Timestamp now) {
  if (impl_->state == SctpState::kNew || impl_->over()) return;
  impl_->socket.HandlePacket(packet, now);
  impl_->Work(now);
}

void SctpAssociation::OnTimer(Timestamp now) {
  if (impl_->over()) return;
  impl_->socket.OnTimer(now);
  impl_->Work(now);
}

Timestamp SctpAssociation::NextDeadline() const { return impl_->socket.deadline(); }

void SctpAssociation::Close(Timestamp now) {
  if (impl_->over()) return;
  impl_->socket.Abort(now);
  impl_->SetState(SctpState::kClosed);
}

std::vector<std::vector<uint8_t>> SctpAssociation::TakePackets() { return std::exchange(impl_->socket.packets, {}); }
std::vector<SctpEvent> SctpAssociation::TakeEvents() { return std::exchange(impl_->events, {}); }

SctpSendResult SctpAssociation::Send(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                                     const SctpReliability& reliability, Timestamp now) {
  if (impl_->over()) return SctpSendResult::kClosed;
  const uint16_t streams = impl_->capabilities ? impl_->capabilities->outbound_streams : kStreams;
  if (stream_id >= streams) return SctpSendResult::kNoSuchStream;
  const SctpSendResult result = impl_->outgoing.Push(stream_id, ppid, payload, reliability, now);
  if (result == SctpSendResult::kQueued) impl_->Work(now);
  return result;
}

uint32_t SctpAssociation::BufferedAmount(uint16_t stream_id) const { return impl_->outgoing.BufferedAmount(stream_id); }

void SctpAssociation::SetBufferedAmountLowThreshold(uint16_t stream_id, uint32_t bytes) {
  impl_->outgoing.SetThreshold(stream_id, bytes);
}

void SctpAssociation::ResetStream(uint16_t stream_id, Timestamp now) {
  if (impl_->over()) return;
  impl_->outgoing.Drop(stream_id);
  if (impl_->state != SctpState::kConnected || stream_id >= impl_->capabilities->outbound_streams ||
      impl_->outgoing.blocked(stream_id)) {
    return;
  }
  impl_->outgoing.Block(stream_id);
  impl_->socket.ResetOutgoing(stream_id, now);
  impl_->Work(now);
}

SctpState SctpAssociation::state() const { return impl_->state; }
const SctpConfig& SctpAssociation::config() const { return impl_->config; }
std::optional<SctpCapabilitiesNegotiated> SctpAssociation::capabilities() const { return impl_->capabilities; }

}  // namespace sluice
