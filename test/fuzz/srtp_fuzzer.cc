// Bytes from the network into an inbound SRTP session, and bytes through both directions: what protect takes,
// unprotect must give back.
//
// Input: |suite (2) RTCP (1) protect first (1)|, then packets: | size (16) | bytes
#include <algorithm>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/srtp/srtp_session.h"

namespace sluice {
namespace {

void Run(ByteReader in) {
  const uint8_t flags = in.U8();
  const auto suite = static_cast<SrtpSuite>(flags & 3);
  const bool rtcp = flags & 4, protect = flags & 8;
  const std::vector<uint8_t> keying(SrtpSuiteInfoOf(suite).keying_size(), 0x5a);
  auto sender = SrtpSession::CreateOutbound(suite, keying);
  auto receiver = SrtpSession::CreateInbound(suite, keying);
  SLUICE_CHECK(sender.ok() && receiver.ok());
  while (in.left() > 2) {
    const auto bytes = in.Bytes(std::min<size_t>(in.U16() % 1600, in.left()));
    std::vector<uint8_t> packet(bytes.begin(), bytes.end());
    bool sent = false;
    if (protect) {
      packet.resize(bytes.size() + kMaxSrtpOverhead);
      const SrtpResult result =
          rtcp ? sender->ProtectRtcp(packet, bytes.size()) : sender->ProtectRtp(packet, bytes.size());
      packet.resize(result.ok() ? result.size : bytes.size());
      sent = result.ok();
    }
    const SrtpResult result = rtcp ? receiver->UnprotectRtcp(packet) : receiver->UnprotectRtp(packet);
    SLUICE_CHECK(result.size <= packet.size());
    if (sent && result.ok()) {
      SLUICE_CHECK(result.size == bytes.size() && std::equal(bytes.begin(), bytes.end(), packet.begin()));
    }
    SLUICE_CHECK(receiver->streams() <= SrtpSession::kMaxStreams);
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run(sluice::ByteReader({data, size}));
  return 0;
}
