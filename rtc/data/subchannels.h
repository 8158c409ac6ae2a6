// Sub-channels: numbers that a message is addressed to and that data consumers subscribe to, so that one data producer
// can reach some of its consumers only.
//
// A consumer gets a message that names any_of when it subscribes to one of them, one that names `required` when it
// subscribes to that, and none whose `ignored` it subscribes to. A consumer on a pipe transport stands for all those
// behind it: while it subscribes to nothing it gets everything, and `ignored` is left to those behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sluice {

// Ordered, each number once; so never more than 65536.
class SubchannelSet {
 public:
  SubchannelSet() = default;
  explicit SubchannelSet(std::vector<uint16_t> numbers);

  void Add(uint16_t number);
  void Remove(uint16_t number);
  bool Contains(uint16_t number) const;
  bool Intersects(const SubchannelSet& other) const;

  bool empty() const { return numbers_.empty(); }
  size_t size() const { return numbers_.size(); }
  const std::vector<uint16_t>& numbers() const { return numbers_; }
  bool operator==(const SubchannelSet&) const = default;

 private:
  std::vector<uint16_t> numbers_;
};

// Whom a message is for; empty: for everybody.
struct MessageSubchannels {
  static constexpr size_t kMaxAnyOf = 65535;  // what the count on a pipe can tell

  SubchannelSet any_of;
  std::optional<uint16_t> required;
  std::optional<uint16_t> ignored;

  bool empty() const { return any_of.empty() && !required && !ignored; }
  bool operator==(const MessageSubchannels&) const = default;
};

enum class SubchannelRule : uint8_t { kEnd, kPipe };

// Whether a consumer that subscribes to `subscribed` gets the message.
bool IsFor(const MessageSubchannels& message, const SubchannelSet& subscribed, SubchannelRule rule);

}  // namespace sluice
