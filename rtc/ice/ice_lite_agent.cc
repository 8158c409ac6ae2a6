#include "rtc/ice/ice_lite_agent.h"

#include <algorithm>
#include <utility>

#include "rtc/base/check.h"
#include "rtc/stun/message_writer.h"

namespace sluice {
namespace {

struct Refusal {
  uint16_t code;
  std::string_view reason;
};

Refusal RefusalFor(IceVerdict verdict) {
  switch (verdict) {
    case IceVerdict::kUnknownAttribute:
      return {stun::kErrorUnknownAttribute, "Unknown Attribute"};
    case IceVerdict::kRoleConflict:
      return {stun::kErrorRoleConflict, "Role Conflict"};
    default:
      return {stun::kErrorBadRequest, "Bad Request"};
  }
}

IceVerdict Judge(const stun::Message& request) {
  if (!request.unknown_required_attributes().empty()) return IceVerdict::kUnknownAttribute;
  if (!request.priority()) return IceVerdict::kBadRequest;
  if (request.ice_controlled()) return IceVerdict::kRoleConflict;
  return IceVerdict::kAccepted;
}

}  // namespace

IceLiteAgent::IceLiteAgent(IceCredentials local, TimeDelta consent_timeout)
    : local_(std::move(local)), consent_timeout_(consent_timeout) {}

std::string_view IceLiteAgent::LocalUfrag(const stun::Message& request) {
  return request.username().substr(0, request.username().find(':'));
}

const IceCredentials* IceLiteAgent::CredentialsFor(const stun::Message& request) const {
  const std::string_view ufrag = LocalUfrag(request);
  if (ufrag == local_.ufrag) return &local_;
  if (previous_ && ufrag == previous_->ufrag) return &*previous_;
  return nullptr;
}

IceReply IceLiteAgent::HandleRequest(const stun::Message& request, const Path& path, Timestamp now,
                                     std::span<uint8_t> reply, IceEvents& events) {
  if (request.cls() != stun::Class::kRequest || request.method() != stun::Method::kBinding) {
    return {.verdict = IceVerdict::kNotABindingRequest};
  }
  const IceCredentials* credentials = CredentialsFor(request);
  if (!credentials) return {.verdict = IceVerdict::kUnknownUser};
  if (!request.VerifyIntegrity(credentials->password)) return {.verdict = IceVerdict::kBadIntegrity};

  const IceVerdict verdict = Judge(request);
  stun::MessageWriter writer(reply, verdict == IceVerdict::kAccepted ? stun::Class::kSuccess : stun::Class::kError,
                             stun::Method::kBinding, request.transaction_id());
  if (verdict == IceVerdict::kAccepted) {
    writer.AddXorMappedAddress(path.remote);
  } else {
    const auto [code, reason] = RefusalFor(verdict);
    writer.AddErrorCode(code, reason);
    if (verdict == IceVerdict::kUnknownAttribute) writer.AddUnknownAttributes(request.unknown_required_attributes());
  }
  const size_t size = writer.Finish(credentials->password);
  ++replies_;
  if (verdict != IceVerdict::kAccepted) return {.size = size, .verdict = verdict};

  ++requests_;
  if (credentials == &local_) previous_.reset();
  Nominate(request, Accept(path, now, events), events);
  return {.size = size, .verdict = verdict};
}

// Index of the path, which is now valid as of `now`.
size_t IceLiteAgent::Accept(const Path& path, Timestamp now, IceEvents& events) {
  if (const ValidPath* known = Find(path)) {
    const auto index = static_cast<size_t>(known - paths_.data());
    paths_[index].last_request = now;
    return index;
  }
  if (count_ == kMaxPaths) Erase(Stalest(), events);
  paths_[count_] = {.path = path, .last_request = now};
  events.push_back({.kind = IceEvent::Kind::kPathAdded, .path = path});
  return count_++;
}

void IceLiteAgent::Nominate(const stun::Message& request, size_t index, IceEvents& events) {
  const auto value = request.nomination();
  const bool nominated = value ? !nomination_ || *value > *nomination_ : request.use_candidate() && !nomination_;
  if (value && nominated) nomination_ = value;
  if (nominated || selected_ == kNone) Select(index, events);
  if (nominated) {
    SetState(IceState::kCompleted, events);
  } else if (state_ == IceState::kNew || state_ == IceState::kDisconnected) {
    SetState(IceState::kConnected, events);
  }
}

void IceLiteAgent::Select(size_t index, IceEvents& events) {
  if (selected_ == index) return;
  selected_ = index;
  events.push_back({.kind = IceEvent::Kind::kPathSelected, .path = paths_[index].path});
}

// The last path takes the place of the erased one. The selection is lost with its path.
void IceLiteAgent::Erase(size_t index, IceEvents& events) {
  events.push_back({.kind = IceEvent::Kind::kPathRemoved, .path = paths_[index].path});
  --count_;
  paths_[index] = paths_[count_];
  if (selected_ == index) {
    selected_ = kNone;
  } else if (selected_ == count_) {
    selected_ = index;
  }
}

void IceLiteAgent::SelectAnother(IceEvents& events) {
  if (selected_ != kNone || state_ == IceState::kNew) return;
  if (count_ == 0) {
    nomination_.reset();  // the peer begins anew
    return SetState(IceState::kDisconnected, events);
  }
  const auto latest = std::max_element(paths_.begin(), paths_.begin() + count_,
                                       [](const auto& a, const auto& b) { return a.last_request < b.last_request; });
  Select(static_cast<size_t>(latest - paths_.begin()), events);
}

size_t IceLiteAgent::Stalest() const {
  size_t stalest = kNone;
  for (size_t i = 0; i < count_; ++i) {
    if (i == selected_) continue;
    if (stalest == kNone || paths_[i].last_request < paths_[stalest].last_request) stalest = i;
  }
  return stalest;
}

void IceLiteAgent::SetState(IceState state, IceEvents& events) {
  if (state_ == state) return;
  state_ = state;
  events.push_back({.kind = IceEvent::Kind::kStateChanged, .state = state});
}

void IceLiteAgent::RemovePath(const Path& path, IceEvents& events) {
  const ValidPath* known = Find(path);
  if (!known) return;
  Erase(static_cast<size_t>(known - paths_.data()), events);
  SelectAnother(events);
}

const IceCredentials& IceLiteAgent::Restart(IceCredentials local) {
  // Restarted again before the peer used the last ones: it may never have heard of them, so the oldest stay good.
  if (!previous_) previous_ = std::move(local_);
  local_ = std::move(local);
  nomination_.reset();
  return local_;
}

void IceLiteAgent::OnTimer(Timestamp now, IceEvents& events) {
  if (consent_timeout_ <= TimeDelta::Zero()) return;
  for (size_t i = count_; i-- > 0;) {
    if (now - paths_[i].last_request >= consent_timeout_) Erase(i, events);
  }
  SelectAnother(events);
}

Timestamp IceLiteAgent::NextDeadline() const {
  if (consent_timeout_ <= TimeDelta::Zero()) return Timestamp::Infinite();
  Timestamp next = Timestamp::Infinite();
  for (size_t i = 0; i < count_; ++i) next = std::min(next, paths_[i].last_request + consent_timeout_);
  return next;
}

const IceLiteAgent::ValidPath* IceLiteAgent::Find(const Path& path) const {
  for (size_t i = 0; i < count_; ++i) {
    if (paths_[i].path == path) return &paths_[i];
  }
  return nullptr;
}

std::vector<Path> IceLiteAgent::paths() const {
  std::vector<Path> out;
  for (size_t i = 0; i < count_; ++i) out.push_back(paths_[i].path);
  return out;
}

}  // namespace sluice
