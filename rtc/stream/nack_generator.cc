#include "rtc/stream/nack_generator.h"

#include <algorithm>

namespace sluice {

bool NackGenerator::OnPacket(ExtSeqNum seq, bool key_frame, Timestamp now, std::vector<SeqNum>& ask) {
  if (key_frame && (!has_key_frame_ || seq > last_key_frame_)) {
    last_key_frame_ = seq;
    has_key_frame_ = true;
  }
  if (!started_) {
    started_ = true;
    highest_ = seq;
    return false;
  }
  if (seq <= highest_) {
    Remove(seq);
    return false;
  }
  const ExtSeqNum from = highest_ + 1;
  highest_ = seq;
  return seq > from && AddMissing(from, seq, now, ask);
}

// Numbers [from, to). True when there are too many even without those that a key frame has made useless.
bool NackGenerator::AddMissing(ExtSeqNum from, ExtSeqNum to, Timestamp now, std::vector<SeqNum>& ask) {
  const auto count = static_cast<size_t>(to - from);
  if (missing_.size() + count > kMaxMissing && has_key_frame_) ForgetBefore(last_key_frame_);
  if (missing_.size() + count > kMaxMissing) {
    missing_.clear();
    return true;
  }
  if (missing_.empty()) next_timer_ = now + kInterval;
  for (ExtSeqNum seq = from; seq < to; seq = seq + 1) {
    missing_.push_back({seq, now, 1});
    ask.push_back(seq.seq());
  }
  return false;
}

bool NackGenerator::OnTimer(Timestamp now, std::vector<SeqNum>& ask) {
  if (now < deadline()) return false;
  next_timer_ = now + kInterval;
  const TimeDelta spacing = std::max(rtt_, kInterval);
  bool hopeless = false;
  auto given_up = [&](Missing& missing) {
    if (now - missing.asked < spacing) return false;
    if (missing.tries >= kMaxTries) {
      hopeless |= !has_key_frame_ || missing.seq > last_key_frame_;
      return true;
    }
    missing.asked = now;
    ++missing.tries;
    ask.push_back(missing.seq.seq());
    return false;
  };
  // Not std::erase_if: the predicate must see each element once, in order, where it lies.
  size_t kept = 0;
  for (size_t i = 0; i < missing_.size(); ++i) {
    if (!given_up(missing_[i])) missing_[kept++] = missing_[i];
  }
  missing_.resize(kept);
  return hopeless;
}

void NackGenerator::Remove(ExtSeqNum seq) {
  auto at = std::lower_bound(missing_.begin(), missing_.end(), seq,
                             [](const Missing& missing, ExtSeqNum s) { return missing.seq < s; });
  if (at != missing_.end() && at->seq == seq) missing_.erase(at);
}

void NackGenerator::ForgetBefore(ExtSeqNum seq) {
  std::erase_if(missing_, [&](const Missing& missing) { return missing.seq < seq; });
}

void NackGenerator::Reset() {
  missing_.clear();
  started_ = has_key_frame_ = false;
}

}  // namespace sluice
