// One usrsctp endpoint with its one association: the adapter that turns usrsctp's sockets, notifications and errors
// into plain values. It has no queues of its own and makes no decisions.
//
// Every call may leave packets in `packets`. An endpoint that is down gives up what it has; it is then only a shell.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/sctp/sctp_association.h"
#include "rtc/sctp/sctp_stack.h"

struct socket;            // usrsctp's
union sctp_notification;  // likewise

namespace sluice {

class SctpSocket {
 public:
  // Bytes that may be in flight or wait to be acknowledged, besides one message.
  static constexpr uint32_t kSendWindow = 512 * 1024;

  struct Up {
    uint16_t outbound_streams = 0;
    uint16_t inbound_streams = 0;
    bool restarted = false;  // the peer began anew: nothing of before holds
  };
  struct Down {
    bool closed = false;  // in an orderly way
  };
  // A piece of a message, in order. Pieces of one message are not mixed with those of others.
  struct Piece {
    uint16_t stream_id = 0;
    uint32_t ppid = 0;
    std::vector<uint8_t> bytes;
    bool last = false;
  };
  // The rest of the message of the last piece never comes.
  struct PieceAborted {};
  struct IncomingReset {
    std::vector<uint16_t> streams;  // empty: all
  };
  struct OutgoingReset {
    std::vector<uint16_t> streams;  // empty: all
  };
  using Notice = std::variant<Up, Down, Piece, PieceAborted, IncomingReset, OutgoingReset>;
  enum class Sent : uint8_t { kYes, kNoRoom, kNever };

  SctpSocket(SctpStack& stack, const SctpConfig& config);
  ~SctpSocket();
  SctpSocket(const SctpSocket&) = delete;
  SctpSocket& operator=(const SctpSocket&) = delete;

  void Connect(Timestamp now);
  void HandlePacket(std::span<const uint8_t> packet, Timestamp now);
  void OnTimer(Timestamp now);
  Timestamp deadline() const { return deadline_; }
  // Leaves an ABORT; down afterwards, without a notice.
  void Abort(Timestamp now);

  // `life_time` in ms, from now on.
  Sent Send(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload, const SctpReliability& reliability,
            Timestamp now);
  // Bytes of the stream that were never sent yet.
  size_t Unsent(uint16_t stream_id) const;
  void ResetOutgoing(uint16_t stream_id, Timestamp now);
  std::vector<Notice> TakeNotices(Timestamp now);

  SctpStack::Packets packets;

 private:
  bool Open();
  void Configure(const SctpConfig& config);
  void Read();
  void OnNotification(const sctp_notification& notification);
  void GoDown();
  void SetDeadline(Timestamp now);

  SctpStack& stack_;
  const SctpConfig config_;
  const uint64_t handle_;
  struct ::socket* socket_ = nullptr;
  Timestamp last_call_ = Timestamp::Millis(0);
  Timestamp deadline_ = Timestamp::Infinite();
  std::vector<Notice> notices_;
};

}  // namespace sluice
