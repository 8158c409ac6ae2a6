#include "worker/log.h"

#include <algorithm>

namespace sluice {

bool Log::HasTag(std::string_view tag) const {
  return std::any_of(tags_.begin(), tags_.end(), [tag](const std::string& t) { return t == tag; });
}

void Log::Send(char level, std::string_view line) {
  if (!channel_) return;
  flatbuffers::FlatBufferBuilder b;
  const auto log = fbs::message::CreateLog(b, b.CreateString(level + std::string(line.substr(0, kMaxLine))));
  channel_->Send(b, fbs::message::CreateMessage(b, fbs::message::Body::Log, log.Union()),
                 Channel::Importance::kDroppable);
}

}  // namespace sluice
