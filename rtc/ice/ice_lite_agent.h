// The ICE-lite end of one session (RFC 8445 sections 2.5 and 7.3): controlled, answers checks, sends none of its own.
// It learns the peer's addresses from authenticated binding requests and says which one media goes to. UDP and TCP
// (RFC 6544) are alike; framing is the socket owner's affair.
//
// Rules, in this order:
//   1. A request for another user name gets no answer and changes nothing; so does one whose MESSAGE-INTEGRITY is
//      missing or wrong (compared in constant time). Everything below is authenticated.
//   2. Unknown comprehension-required attributes: 420. No PRIORITY: 400. A peer that claims to be controlled: 487.
//   3. The path of a good request becomes valid. At most kMaxPaths are kept: the one silent for longest that is not
//      selected makes room.
//   4. The first valid path is selected: kConnected. USE-CANDIDATE selects its path: kCompleted; the latest wins.
//      With a nomination value (draft-thatcher-ice-renomination) only a higher one than before wins, and
//      from then on USE-CANDIDATE without a value selects
//      nothing.
//   5. A path without an authenticated request for the consent time-out is no longer valid (RFC 7675). If it was the
//      selected one, the valid path heard last is selected; with none left the state is kDisconnected, until a request
//      comes again.
//
// Calls append to the caller's list of IceEvents, in order; paths change only by such an event.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/ice/ice_credentials.h"
#include "rtc/net/path.h"
#include "rtc/stun/message.h"

namespace sluice {

enum class IceState : uint8_t { kNew, kConnected, kCompleted, kDisconnected };

struct IceEvent {
  enum class Kind : uint8_t { kStateChanged, kPathSelected, kPathAdded, kPathRemoved };
  Kind kind;
  Path path;                        // not with kStateChanged
  IceState state = IceState::kNew;  // with kStateChanged
};
using IceEvents = std::vector<IceEvent>;

enum class IceVerdict : uint8_t {
  kAccepted,
  kNotABindingRequest,  // a response, an indication, another method: ignored
  kUnknownUser,         // no answer
  kBadIntegrity,        // no answer
  kBadRequest,          // answered 400
  kUnknownAttribute,    // answered 420
  kRoleConflict,        // answered 487
};

struct IceReply {
  size_t size = 0;  // bytes written to the caller's span; 0: nothing is to be sent
  IceVerdict verdict = IceVerdict::kAccepted;
};

class IceLiteAgent {
 public:
  static constexpr size_t kMaxPaths = 8;
  static constexpr size_t kMaxReply = 256;  // bytes; enough for any answer
  static constexpr TimeDelta kDefaultConsentTimeout = TimeDelta::Seconds(30);

  // A zero consent time-out means that paths stay valid for ever.
  explicit IceLiteAgent(IceCredentials local, TimeDelta consent_timeout = kDefaultConsentTimeout);

  // The part of the user name that says whose session a check is for ("local:remote"): for finding the agent.
  static std::string_view LocalUfrag(const stun::Message& request);

  // `request` came over `path`; the answer goes back the same way. `reply` has at least kMaxReply bytes.
  IceReply HandleRequest(const stun::Message& request, const Path& path, Timestamp now, std::span<uint8_t> reply,
                         IceEvents& events);
  // The path can no longer be used, e.g. its TCP connection was closed. Unknown paths are ignored.
  void RemovePath(const Path& path, IceEvents& events);
  // New credentials. The old ones stay good until the first check with the new; paths stay, too.
  const IceCredentials& Restart(IceCredentials local = IceCredentials::Random());

  void OnTimer(Timestamp now, IceEvents& events);
  // When a path's consent runs out; Infinite when none can.
  Timestamp NextDeadline() const;
  void SetConsentTimeout(TimeDelta timeout) { consent_timeout_ = timeout; }

  // Passed an authenticated check and still has consent: DTLS and media from it may be looked at. Constant time.
  bool IsValidPath(const Path& path) const { return Find(path) != nullptr; }
  // Null when there is none.
  const Path* selected_path() const { return selected_ < count_ ? &paths_[selected_].path : nullptr; }
  std::vector<Path> paths() const;
  IceState state() const { return state_; }
  const IceCredentials& local_credentials() const { return local_; }
  // Until the first check after a restart.
  const std::optional<IceCredentials>& previous_credentials() const { return previous_; }
  // Requests accepted and answers of any kind, for statistics.
  uint64_t requests() const { return requests_; }
  uint64_t replies() const { return replies_; }

 private:
  struct ValidPath {
    Path path;
    Timestamp last_request;
  };
  static constexpr size_t kNone = kMaxPaths;

  const ValidPath* Find(const Path& path) const;
  const IceCredentials* CredentialsFor(const stun::Message& request) const;
  IceReply Refuse(const stun::Message& request, std::string_view password, IceVerdict verdict,
                  std::span<uint8_t> reply);
  size_t Accept(const Path& path, Timestamp now, IceEvents& events);
  void Nominate(const stun::Message& request, size_t index, IceEvents& events);
  void Select(size_t index, IceEvents& events);
  void Erase(size_t index, IceEvents& events);
  void SelectAnother(IceEvents& events);
  size_t Stalest() const;
  void SetState(IceState state, IceEvents& events);

  IceCredentials local_;
  std::optional<IceCredentials> previous_;
  TimeDelta consent_timeout_;
  std::array<ValidPath, kMaxPaths> paths_;
  size_t count_ = 0;
  size_t selected_ = kNone;
  std::optional<uint32_t> nomination_;
  IceState state_ = IceState::kNew;
  uint64_t requests_ = 0;
  uint64_t replies_ = 0;
};

}  // namespace sluice
