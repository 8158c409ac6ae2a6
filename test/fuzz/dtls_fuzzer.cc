// A handshake in progress, disturbed: the input says which datagrams arrive, are lost, doubled, damaged or invented.
// Whatever happens, nobody has keys without having seen the right certificate, and the two ends' keys agree.
//
// Input, repeated: operation (8), and its operands.
#include <algorithm>
#include <deque>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/dtls/dtls_session.h"
#include "test/rtc/dtls/virtual_wall_clock.h"

namespace sluice {
namespace {

using Datagram = std::vector<uint8_t>;

std::unique_ptr<DtlsContext> NewContext() {
  auto context = DtlsContext::Create(*DtlsCertificate::Generate());
  SLUICE_CHECK(context.ok());
  return std::move(*context);
}

class Handshake {
 public:
  Handshake(DtlsContext& client, DtlsContext& server) : ends_{End(client), End(server)} {
    test::SetWallClock(now_);
    SLUICE_CHECK(ends_[0].session.SetRemoteFingerprint(server.fingerprints()[2], now_).ok());
    SLUICE_CHECK(ends_[1].session.SetRemoteFingerprint(client.fingerprints()[2], now_).ok());
    ends_[1].session.Start(DtlsRole::kServer, now_);
    ends_[0].session.Start(DtlsRole::kClient, now_);
    Collect();
  }

  void Step(ByteReader& in) {
    const uint8_t operation = in.U8();
    End& to = ends_[operation & 1];
    switch (operation >> 1 & 7) {
      case 0:
      case 1:
        Deliver(to);
        break;
      case 2:
        if (!to.arriving.empty()) to.arriving.pop_front();
        break;
      case 3:
        if (!to.arriving.empty()) to.arriving.push_back(to.arriving.front());
        break;
      case 4:
        if (!to.arriving.empty()) Damage(to.arriving.front(), in);
        break;
      case 5:
        to.session.HandleDatagram(in.Bytes(std::min<size_t>(in.U8(), in.left())), now_);
        break;
      case 6:
        now_ += TimeDelta::Millis(in.U8() * 10);
        test::SetWallClock(now_);
        to.session.OnTimer(now_);
        break;
      case 7:
        to.session.SendApplicationData(in.Bytes(std::min<size_t>(in.U8(), in.left())), now_);
        break;
    }
    Collect();
  }
  void Compare() const {
    const auto a = ends_[0].session.keys(), b = ends_[1].session.keys();
    if (a && b) SLUICE_CHECK(a->local == b->remote && a->remote == b->local && a->dtls_profile == b->dtls_profile);
    for (const End& end : ends_) {
      SLUICE_CHECK(end.session.keys().has_value() == (end.session.state() == DtlsState::kConnected));
    }
  }

 private:
  struct End {
    explicit End(DtlsContext& context) : session(context) {}
    DtlsSession session;
    std::deque<Datagram> arriving;
  };

  void Deliver(End& to) {
    if (to.arriving.empty()) return;
    const Datagram datagram = std::move(to.arriving.front());
    to.arriving.pop_front();
    to.session.HandleDatagram(datagram, now_);
  }
  static void Damage(Datagram& datagram, ByteReader& in) {
    const size_t at = in.U16() % datagram.size();
    datagram[at] = static_cast<uint8_t>(datagram[at] ^ in.U8());
  }
  void Collect() {
    for (int i : {0, 1}) {
      for (Datagram& d : ends_[i].session.TakeDatagrams()) ends_[1 - i].arriving.push_back(std::move(d));
      ends_[i].session.TakeApplicationData();
    }
  }

  Timestamp now_ = Timestamp::Seconds(1'700'000'000);
  End ends_[2];
};

void Run(ByteReader in) {
  static const auto client = NewContext(), server = NewContext();
  Handshake handshake(*client, *server);
  for (int steps = 0; in.left() > 0 && steps < 64; ++steps) handshake.Step(in);
  handshake.Compare();
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run(sluice::ByteReader({data, size}));
  return 0;
}
