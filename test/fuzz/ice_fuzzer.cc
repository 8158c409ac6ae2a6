// Datagrams into an ICE-lite agent, from several addresses, over time, some of them signed with its password so that
// the rules behind the integrity check are reached. A shadow of the events must agree with the agent.
//
// Input, repeated: |port (4) sign (1) old password (1) restart (1) remove (1)| wait, seconds (8) | size (8) | message
#include <algorithm>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/ice/ice_lite_agent.h"
#include "rtc/stun/integrity.h"

namespace sluice {
namespace {

const IceCredentials kFirst{.ufrag = "u", .password = "first"};
const IceCredentials kSecond{.ufrag = "v", .password = "second"};

// `message` with a MESSAGE-INTEGRITY that is right, and the length to go with it.
void Sign(std::vector<uint8_t>& message, std::string_view password) {
  message.resize(std::max<size_t>(stun::kHeaderSize, message.size() / 4 * 4));
  const stun::Integrity integrity = stun::ComputeIntegrity(message, password);
  message.insert(message.end(), {0x00, 0x08, 0x00, 0x14});
  message.insert(message.end(), integrity.begin(), integrity.end());
  const size_t length = message.size() - stun::kHeaderSize;
  message[2] = static_cast<uint8_t>(length >> 8);
  message[3] = static_cast<uint8_t>(length);
}

class Shadow {
 public:
  void Apply(const IceEvents& events) {
    for (const IceEvent& event : events) {
      switch (event.kind) {
        case IceEvent::Kind::kPathAdded:
          SLUICE_CHECK(!Has(event.path));
          paths_.push_back(event.path);
          break;
        case IceEvent::Kind::kPathRemoved:
          SLUICE_CHECK(Has(event.path));
          std::erase(paths_, event.path);
          break;
        case IceEvent::Kind::kPathSelected:
          SLUICE_CHECK(Has(event.path));
          break;
        case IceEvent::Kind::kStateChanged:
          SLUICE_CHECK(event.state != state_);
          state_ = event.state;
          break;
      }
    }
  }
  void Compare(const IceLiteAgent& agent) const {
    SLUICE_CHECK(paths_.size() <= IceLiteAgent::kMaxPaths && agent.paths().size() == paths_.size());
    for (const Path& path : paths_) SLUICE_CHECK(agent.IsValidPath(path));
    SLUICE_CHECK(agent.state() == state_);
    SLUICE_CHECK((agent.selected_path() != nullptr) == !paths_.empty());
    const bool connected = state_ == IceState::kConnected || state_ == IceState::kCompleted;
    SLUICE_CHECK(connected == !paths_.empty());
  }

 private:
  bool Has(const Path& path) const { return std::find(paths_.begin(), paths_.end(), path) != paths_.end(); }
  std::vector<Path> paths_;
  IceState state_ = IceState::kNew;
};

void Run(ByteReader in) {
  IceLiteAgent agent(kFirst);
  Shadow shadow;
  Timestamp now = Timestamp::Seconds(1);
  std::array<uint8_t, IceLiteAgent::kMaxReply> reply;
  while (in.left() >= 3) {
    const uint8_t flags = in.U8();
    now += TimeDelta::Seconds(in.U8() % 32);
    const auto bytes = in.Bytes(std::min<size_t>(in.U8(), in.left()));
    std::vector<uint8_t> message(bytes.begin(), bytes.end());
    const Path path{.socket = 1, .remote = SocketAddress::Ipv4({10, 0, 0, 1}, flags & 15)};
    IceEvents events;
    agent.OnTimer(now, events);
    if (flags & 64) agent.Restart(kSecond);
    if (flags & 128) agent.RemovePath(path, events);
    if (flags & 16) Sign(message, flags & 32 ? kFirst.password : agent.local_credentials().password);
    if (const auto request = stun::Message::Parse(message)) {
      const IceReply result = agent.HandleRequest(*request, path, now, reply, events);
      SLUICE_CHECK(result.size <= reply.size());
      SLUICE_CHECK((result.verdict == IceVerdict::kAccepted) <= agent.IsValidPath(path));
      if (result.size) SLUICE_CHECK(stun::Message::Parse(std::span(reply).first(result.size)).has_value());
    }
    shadow.Apply(events);
    shadow.Compare(agent);
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run(sluice::ByteReader({data, size}));
  return 0;
}
