// The least controlling ICE agent that an ICE-lite server is content with, for synthetic peers: one path, binding
// requests with USE-CANDIDATE until one is answered, then one every kConsentInterval (RFC 7675). It gathers nothing,
// checks no other paths, and answers no requests: a lite end sends none.
//
// Unanswered requests are sent again, as new transactions, after kFirstRetry, doubled up to kConsentInterval. Without
// an answer for kConsentTimeout it is kFailed and stays silent. Only answers to the last kMaxOutstanding requests
// count.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/ice/ice_credentials.h"
#include "rtc/stun/message.h"

namespace sluice {

class IceClient {
 public:
  enum class State : uint8_t { kNew, kChecking, kConnected, kFailed };
  static constexpr size_t kMaxRequest = 256;  // bytes
  static constexpr size_t kMaxOutstanding = 8;
  static constexpr TimeDelta kFirstRetry = TimeDelta::Millis(100);
  static constexpr TimeDelta kConsentInterval = TimeDelta::Millis(2500);
  static constexpr TimeDelta kConsentTimeout = TimeDelta::Seconds(30);

  IceClient(IceCredentials local, IceCredentials remote, Rng& rng);

  // The first request is due at once.
  void Start(Timestamp now);
  // Writes the request that is due into `out` (at least kMaxRequest bytes) and returns its size; 0: nothing is due.
  size_t OnTimer(Timestamp now, std::span<uint8_t> out);
  // Infinite before Start and once failed.
  Timestamp NextDeadline() const { return next_; }
  // True when the message is a genuine answer to a request of ours.
  bool HandleResponse(const stun::Message& response, Timestamp now);

  State state() const { return state_; }
  // Our address as the server saw it last; not set before the first answer.
  const SocketAddress& mapped_address() const { return mapped_; }

 private:
  bool TakeOutstanding(const stun::TransactionId& id);

  IceCredentials remote_;
  std::string username_;
  uint64_t tie_breaker_;
  Rng rng_;
  State state_ = State::kNew;
  Timestamp next_ = Timestamp::Infinite();
  Timestamp last_answer_;
  TimeDelta interval_ = kFirstRetry;
  std::array<stun::TransactionId, kMaxOutstanding> outstanding_{};
  std::array<bool, kMaxOutstanding> waiting_{};
  size_t next_slot_ = 0;
  SocketAddress mapped_;
};

}  // namespace sluice
