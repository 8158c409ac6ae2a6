#include "rtc/rtp/header_extension_values.h"

#include <algorithm>

#include "rtc/base/bytes.h"

namespace sluice::rtp {
namespace {

constexpr uint32_t kMask24 = 0xFFFFFF;
constexpr TimeDelta kPlayoutDelayStep = TimeDelta::Millis(10);

// 24 bits to a signed number.
constexpr int32_t SignExtend24(uint32_t v) { return static_cast<int32_t>(v << 8) >> 8; }

}  // namespace

std::optional<std::string_view> ParseText(std::span<const uint8_t> value) {
  const auto end = std::find(value.begin(), value.end(), uint8_t{0});
  const auto size = static_cast<size_t>(end - value.begin());
  if (size == 0 || size > kMaxTextSize) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(value.data()), size);
}

std::optional<AudioLevel> AudioLevel::Parse(std::span<const uint8_t> value) {
  // The two-byte form may pad the level to more bytes (RFC 6464 section 3): the first one counts.
  if (value.empty()) return std::nullopt;
  return AudioLevel{.voice = (value[0] & 0x80) != 0, .level = static_cast<uint8_t>(value[0] & 0x7F)};
}

void AudioLevel::Write(std::span<uint8_t, kSize> out) const {
  out[0] = static_cast<uint8_t>((voice ? 0x80 : 0) | (level & 0x7F));
}

std::optional<VideoOrientation> VideoOrientation::Parse(std::span<const uint8_t> value) {
  if (value.size() != kSize) return std::nullopt;
  return VideoOrientation{.back_camera = (value[0] & 8) != 0,
                          .flip = (value[0] & 4) != 0,
                          .rotation = static_cast<uint16_t>((value[0] & 3) * 90)};
}

void VideoOrientation::Write(std::span<uint8_t, kSize> out) const {
  out[0] = static_cast<uint8_t>((back_camera ? 8 : 0) | (flip ? 4 : 0) | (rotation / 90 & 3));
}

AbsSendTime AbsSendTime::From(Timestamp time) {
  // Seconds and the rest apart, so that nothing overflows for any time.
  const int64_t seconds = time.us() / 1'000'000;
  const int64_t micros = time.us() % 1'000'000;
  const int64_t ticks = (seconds & 0x3F) * (1 << 18) + micros * (1 << 18) / 1'000'000;
  return {.ticks = static_cast<uint32_t>(ticks) & kMask24};
}

TimeDelta AbsSendTime::Since(AbsSendTime earlier) const {
  const int64_t ticks_between = SignExtend24((ticks - earlier.ticks) & kMask24);
  return TimeDelta::Micros(ticks_between * 1'000'000 / (1 << 18));
}

std::optional<AbsSendTime> AbsSendTime::Parse(std::span<const uint8_t> value) {
  if (value.size() != kSize) return std::nullopt;
  return AbsSendTime{.ticks = ByteReader(value).U24()};
}

void AbsSendTime::Write(std::span<uint8_t, kSize> out) const { ByteWriter(out).U24(ticks); }

std::optional<TransportSequenceNumber> TransportSequenceNumber::Parse(std::span<const uint8_t> value) {
  if (value.size() != kSize) return std::nullopt;
  return TransportSequenceNumber{.seq = SeqNum(ByteReader(value).U16())};
}

void TransportSequenceNumber::Write(std::span<uint8_t, kSize> out) const { ByteWriter(out).U16(seq.value()); }

std::optional<TransmissionOffset> TransmissionOffset::Parse(std::span<const uint8_t> value) {
  if (value.size() != kSize) return std::nullopt;
  return TransmissionOffset{.ticks = SignExtend24(ByteReader(value).U24())};
}

void TransmissionOffset::Write(std::span<uint8_t, kSize> out) const {
  ByteWriter(out).U24(static_cast<uint32_t>(ticks) & kMask24);
}

std::optional<AbsCaptureTime> AbsCaptureTime::Parse(std::span<const uint8_t> value) {
  if (value.size() != 8 && value.size() != 16) return std::nullopt;
  ByteReader in(value);
  AbsCaptureTime time{.capture_ntp = in.U64(), .clock_offset = std::nullopt};
  if (value.size() == 16) time.clock_offset = static_cast<int64_t>(in.U64());
  return time;
}

size_t AbsCaptureTime::Write(std::span<uint8_t> out) const {
  ByteWriter writer(out);
  writer.U64(capture_ntp);
  if (clock_offset) writer.U64(static_cast<uint64_t>(*clock_offset));
  return WireSize();
}

std::optional<PlayoutDelay> PlayoutDelay::Parse(std::span<const uint8_t> value) {
  if (value.size() != kSize) return std::nullopt;
  const uint32_t v = ByteReader(value).U24();
  if (v >> 12 > (v & 0xFFF)) return std::nullopt;
  return PlayoutDelay{.min = kPlayoutDelayStep * int64_t{v >> 12}, .max = kPlayoutDelayStep * int64_t{v & 0xFFF}};
}

void PlayoutDelay::Write(std::span<uint8_t, kSize> out) const {
  const auto steps = [](TimeDelta delay) {
    return static_cast<uint32_t>(std::clamp<int64_t>(delay.us() / kPlayoutDelayStep.us(), 0, 0xFFF));
  };
  ByteWriter(out).U24(steps(min) << 12 | steps(max));
}

}  // namespace sluice::rtp
