#include "rtc/ice/ice_client.h"

#include <algorithm>
#include <utility>

#include "rtc/base/bytes.h"
#include "rtc/stun/message_writer.h"

namespace sluice {
namespace {

// Type preference of a host candidate, highest local preference, component 1 (RFC 8445 section 5.1.2.1); what a check
// carries is that of a peer-reflexive one.
constexpr uint32_t kPriority = 110u << 24 | 65535u << 8 | 255u;

}  // namespace

IceClient::IceClient(IceCredentials local, IceCredentials remote, Rng& rng)
    : remote_(std::move(remote)),
      username_(remote_.ufrag + ":" + local.ufrag),
      tie_breaker_(rng.U64()),
      rng_(rng.U64()) {}

void IceClient::Start(Timestamp now) {
  state_ = State::kChecking;
  last_answer_ = now;
  next_ = now;
}

size_t IceClient::OnTimer(Timestamp now, std::span<uint8_t> out) {
  if (now < next_) return 0;
  if (now - last_answer_ >= kConsentTimeout) {
    state_ = State::kFailed;
    next_ = Timestamp::Infinite();
    return 0;
  }
  next_ = now + interval_;
  interval_ = std::min(interval_ + interval_, kConsentInterval);

  stun::TransactionId& id = outstanding_[next_slot_];
  ByteWriter random(id);
  random.U64(rng_.U64());
  random.U32(rng_.U32());
  waiting_[next_slot_] = true;
  next_slot_ = (next_slot_ + 1) % kMaxOutstanding;

  stun::MessageWriter writer(out, stun::Class::kRequest, stun::Method::kBinding, id);
  writer.AddUsername(username_);
  writer.AddPriority(kPriority);
  writer.AddIceControlling(tie_breaker_);
  writer.AddUseCandidate();
  return writer.Finish(remote_.password);
}

bool IceClient::HandleResponse(const stun::Message& response, Timestamp now) {
  if (state_ != State::kChecking && state_ != State::kConnected) return false;
  if (response.cls() != stun::Class::kSuccess || response.method() != stun::Method::kBinding) return false;
  if (!response.xor_mapped_address() || !response.VerifyIntegrity(remote_.password)) return false;
  if (!TakeOutstanding(response.transaction_id())) return false;
  mapped_ = *response.xor_mapped_address();
  state_ = State::kConnected;
  last_answer_ = now;
  next_ = now + kConsentInterval;
  interval_ = kFirstRetry;
  return true;
}

bool IceClient::TakeOutstanding(const stun::TransactionId& id) {
  for (size_t i = 0; i < kMaxOutstanding; ++i) {
    if (waiting_[i] && outstanding_[i] == id) return waiting_[i] = false, true;
  }
  return false;
}

}  // namespace sluice
