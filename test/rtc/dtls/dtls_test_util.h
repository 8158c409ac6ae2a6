// Two DTLS sessions and the network between them, on virtual time.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "rtc/dtls/dtls_session.h"
#include "test/rtc/dtls/virtual_wall_clock.h"

namespace sluice::test {

using Datagram = std::vector<uint8_t>;

inline std::unique_ptr<DtlsContext> NewDtlsContext(DtlsCertificate certificate, const DtlsContextConfig& config = {}) {
  auto context = DtlsContext::Create(std::move(certificate), config);
  EXPECT_TRUE(context.ok()) << context.status();
  return std::move(*context);
}
inline std::unique_ptr<DtlsContext> NewDtlsContext(const DtlsContextConfig& config = {}) {
  auto certificate = DtlsCertificate::Generate();
  EXPECT_TRUE(certificate.ok());
  return NewDtlsContext(std::move(*certificate), config);
}

inline const DtlsFingerprint& Sha256Of(const DtlsContext& context) { return context.fingerprints()[2]; }

class DtlsPair {
 public:
  explicit DtlsPair(const DtlsContextConfig& client = {}, const DtlsContextConfig& server = {})
      : DtlsPair(NewDtlsContext(client), NewDtlsContext(server)) {}
  DtlsPair(std::unique_ptr<DtlsContext> client_in, std::unique_ptr<DtlsContext> server_in)
      : client_context(std::move(client_in)),
        server_context(std::move(server_in)),
        client(*client_context),
        server(*server_context) {
    SetWallClock(now);
  }

  void ExchangeFingerprints() {
    EXPECT_TRUE(client.SetRemoteFingerprint(Sha256Of(*server_context), now).ok());
    EXPECT_TRUE(server.SetRemoteFingerprint(Sha256Of(*client_context), now).ok());
  }
  void Start() {
    server.Start(DtlsRole::kServer, now);
    client.Start(DtlsRole::kClient, now);
  }

  // Delivers until both are silent. `lost` is asked about every datagram, numbered from 0 in the order of sending.
  void Deliver() {
    for (bool busy = true; busy;) {
      busy = Carry(client, server) + Carry(server, client) > 0;
    }
  }
  // Delivers, and lets timers expire until both are done, or nothing is left to happen, or virtual time is up.
  void Run(TimeDelta limit = TimeDelta::Seconds(120)) {
    const Timestamp end = now + limit;
    for (Deliver(); !Done() && now < end; Deliver()) {
      const Timestamp next = std::min(client.NextDeadline(), server.NextDeadline());
      if (next.IsInfinite()) return;
      now = std::max(now, next);
      SetWallClock(now);
      if (client.NextDeadline() <= now) client.OnTimer(now);
      if (server.NextDeadline() <= now) server.OnTimer(now);
    }
  }
  bool Done() const { return client.state() != DtlsState::kConnecting && server.state() != DtlsState::kConnecting; }
  bool Connected() const { return client.state() == DtlsState::kConnected && server.state() == DtlsState::kConnected; }

  Timestamp now = Timestamp::Seconds(1'700'000'000);
  std::unique_ptr<DtlsContext> client_context, server_context;
  DtlsSession client, server;
  std::function<bool(size_t index)> lost = [](size_t) { return false; };
  size_t sent = 0;
  size_t largest = 0;

 private:
  size_t Carry(DtlsSession& from, DtlsSession& to) {
    const auto datagrams = from.TakeDatagrams();
    for (const Datagram& datagram : datagrams) {
      largest = std::max(largest, datagram.size());
      if (!lost(sent++)) to.HandleDatagram(datagram, now);
    }
    return datagrams.size();
  }
};

}  // namespace sluice::test
