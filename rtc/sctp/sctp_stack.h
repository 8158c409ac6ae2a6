// What SCTP has once per process: usrsctp, which keeps its endpoints, hash tables and settings in globals of its own.
// Any number of stacks may be alive; usrsctp is initialised for the first and ended after the last. It has no threads,
// opens no sockets and reads no clock: a Call gives it the time, and takes what it sends (docs/decisions/sctp.md).
//
// All stacks of a process belong to one thread. Lifetime: a stack outlives its associations.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rtc/base/units.h"

namespace sluice {

class SctpStack {
 public:
  using Packets = std::vector<std::vector<uint8_t>>;

  // Verification tags, cookie secrets and initial numbers are made from the system's randomness...
  SctpStack();
  // ...or from a seed: for simulations.
  explicit SctpStack(uint64_t seed);
  ~SctpStack();
  SctpStack(const SctpStack&) = delete;
  SctpStack& operator=(const SctpStack&) = delete;

  // A name for an endpoint that no other of this process has had.
  uint64_t NewHandle() { return uint64_t{number_} << 32 | ++last_handle_; }

  // While one is alive, usrsctp works for one endpoint at one time: what this sends is appended to `packets`.
  class Call {
   public:
    Call(SctpStack& stack, uint64_t handle, Timestamp now, Packets& packets);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    SctpStack& stack_;
  };

 private:
  struct Context;

  uint32_t number_;
  uint32_t last_handle_ = 0;
  std::unique_ptr<Context> context_;
};

}  // namespace sluice
