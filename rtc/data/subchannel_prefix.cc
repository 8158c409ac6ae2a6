#include "rtc/data/subchannel_prefix.h"

#include <utility>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"

namespace sluice {
namespace {

constexpr uint64_t kToken = 0xA5F09CB3D6E1F28C;
constexpr uint64_t kRequired = 2;
constexpr uint64_t kIgnored = 1;
constexpr uint64_t kFlags = kRequired | kIgnored;
constexpr size_t kFixedSize = sizeof(uint64_t) + sizeof(uint16_t);

bool BeginsWithToken(std::span<const uint8_t> message) {
  return message.size() >= sizeof(uint64_t) && (ByteReader(message).U64() & ~kFlags) == kToken;
}

}  // namespace

std::optional<PrefixedMessage> ParseSubchannelPrefix(std::span<const uint8_t> message) {
  PrefixedMessage out{.payload = message};
  if (!BeginsWithToken(message)) return out;
  ByteReader reader(message);
  const uint64_t token = reader.U64();
  const size_t count = reader.U16();
  if (reader.left() < count * sizeof(uint16_t)) return std::nullopt;
  std::vector<uint16_t> numbers(count);
  for (uint16_t& number : numbers) number = reader.U16();
  out.subchannels.any_of = SubchannelSet(std::move(numbers));
  if (token & kRequired) out.subchannels.required = reader.U16();
  if (token & kIgnored) out.subchannels.ignored = reader.U16();
  if (!reader.ok()) return std::nullopt;
  out.payload = reader.rest();
  return out;
}

size_t SubchannelPrefixSize(const MessageSubchannels& subchannels, std::span<const uint8_t> payload) {
  if (subchannels.empty() && !BeginsWithToken(payload)) return 0;
  const size_t numbers = subchannels.any_of.size() + (subchannels.required ? 1 : 0) + (subchannels.ignored ? 1 : 0);
  return kFixedSize + numbers * sizeof(uint16_t);
}

void WriteSubchannelPrefix(const MessageSubchannels& subchannels, std::span<uint8_t> to) {
  SLUICE_CHECK(subchannels.any_of.size() <= MessageSubchannels::kMaxAnyOf);
  ByteWriter writer(to);
  writer.U64(kToken | (subchannels.required ? kRequired : 0) | (subchannels.ignored ? kIgnored : 0));
  writer.U16(static_cast<uint16_t>(subchannels.any_of.size()));
  for (uint16_t number : subchannels.any_of.numbers()) writer.U16(number);
  if (subchannels.required) writer.U16(*subchannels.required);
  if (subchannels.ignored) writer.U16(*subchannels.ignored);
  SLUICE_CHECK(writer.ok() && writer.left() == 0);
}

}  // namespace sluice
