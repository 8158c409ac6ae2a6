#include "rtc/sctp/sctp_stack.h"

#include <usrsctp.h>
#include <usrsctp_context.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "rtc/base/check.h"
#include "rtc/base/rng.h"

namespace sluice {

struct SctpStack::Context : usrsctp_context {
  std::optional<Rng> rng;
  uint64_t handle = 0;
  Packets* packets = nullptr;
  int depth = 0;
};

namespace {

// The handle is a number, only dressed as the pointer that usrsctp wants.
uint64_t HandleOf(void* address) { return reinterpret_cast<uintptr_t>(address); }

template <typename Context>
int Output(void* address, void* buffer, size_t length, uint8_t /*tos*/, uint8_t /*set_df*/) {
  auto* context = static_cast<Context*>(usrsctp_current());
  if (context == nullptr || context->packets == nullptr || context->handle != HandleOf(address)) return 0;
  const auto* bytes = static_cast<const uint8_t*>(buffer);
  context->packets->emplace_back(bytes, bytes + length);
  return 0;
}

template <typename Context>
void FillRandom(usrsctp_context* base, void* buffer, size_t size) {
  Rng& rng = *static_cast<Context*>(base)->rng;
  auto* at = static_cast<uint8_t*>(buffer);
  while (size > 0) {
    const uint64_t value = rng.U64();
    const size_t taken = std::min(size, sizeof value);
    std::memcpy(at, &value, taken);
    at += taken;
    size -= taken;
  }
}

// What data channels need (RFC 8831), and nothing beside: no ECN, no AUTH, no change of addresses.
void Configure() {
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auto_asconf(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_reconfig_enable(1);
  // Packets that belong to no association are not answered.
  usrsctp_sysctl_set_sctp_blackhole(2);
  // Freed chunks go back to the heap instead of waiting in each association.
  usrsctp_sysctl_set_sctp_asoc_free_resc_limit(0);
  usrsctp_sysctl_set_sctp_system_free_resc_limit(0);
}

}  // namespace

SctpStack::SctpStack() : number_(usrsctp_retain(&Output<Context>)), context_(std::make_unique<Context>()) {
  context_->now_us = 0;
  context_->random = nullptr;
  Configure();
}

SctpStack::SctpStack(uint64_t seed) : SctpStack() {
  context_->rng.emplace(seed);
  context_->random = &FillRandom<Context>;
}

SctpStack::~SctpStack() {
  usrsctp_run_timers(nullptr);
  usrsctp_release();
}

SctpStack::Call::Call(SctpStack& stack, uint64_t handle, Timestamp now, Packets& packets) : stack_(stack) {
  Context& context = *stack.context_;
  SLUICE_CHECK(context.depth == 0);
  context.depth = 1;
  context.now_us = static_cast<uint64_t>(std::max<int64_t>(now.us(), 0));
  context.handle = handle;
  context.packets = &packets;
  usrsctp_enter(&context);
  usrsctp_run_timers(nullptr);
}

SctpStack::Call::~Call() {
  stack_.context_->packets = nullptr;
  stack_.context_->depth = 0;
  usrsctp_enter(nullptr);
}

}  // namespace sluice
