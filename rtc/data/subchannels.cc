#include "rtc/data/subchannels.h"

#include <algorithm>
#include <utility>

namespace sluice {

SubchannelSet::SubchannelSet(std::vector<uint16_t> numbers) : numbers_(std::move(numbers)) {
  std::ranges::sort(numbers_);
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
}

void SubchannelSet::Add(uint16_t number) {
  const auto at = std::ranges::lower_bound(numbers_, number);
  if (at == numbers_.end() || *at != number) numbers_.insert(at, number);
}

void SubchannelSet::Remove(uint16_t number) {
  const auto at = std::ranges::lower_bound(numbers_, number);
  if (at != numbers_.end() && *at == number) numbers_.erase(at);
}

bool SubchannelSet::Contains(uint16_t number) const { return std::ranges::binary_search(numbers_, number); }

bool SubchannelSet::Intersects(const SubchannelSet& other) const {
  const SubchannelSet& few = size() < other.size() ? *this : other;
  const SubchannelSet& many = size() < other.size() ? other : *this;
  return std::ranges::any_of(few.numbers_, [&](uint16_t number) { return many.Contains(number); });
}

bool IsFor(const MessageSubchannels& message, const SubchannelSet& subscribed, SubchannelRule rule) {
  if (rule == SubchannelRule::kPipe && subscribed.empty()) return true;
  if (message.required && !subscribed.Contains(*message.required)) return false;
  if (!message.any_of.empty() && !message.any_of.Intersects(subscribed)) return false;
  return rule == SubchannelRule::kPipe || !message.ignored || !subscribed.Contains(*message.ignored);
}

}  // namespace sluice
