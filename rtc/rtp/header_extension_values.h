// The values inside header extensions: each a small struct with Parse, and Write into exactly kSize (or WireSize())
// bytes. Parse takes what PacketView::Extension gave and refuses a value of the wrong length.
// MID and RIDs are plain text; see ParseText.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace sluice::rtp {

// MID, RID, repaired RID: 1..kMaxTextSize bytes. Bytes behind a NUL are cut (some senders pad with it).
inline constexpr size_t kMaxTextSize = 255;
std::optional<std::string_view> ParseText(std::span<const uint8_t> value);

//   |V| level 0-127 (-dBov) |     RFC 6464; 127 = silence
struct AudioLevel {
  static constexpr size_t kSize = 1;
  bool voice = false;
  uint8_t level = 127;

  static std::optional<AudioLevel> Parse(std::span<const uint8_t> value);
  void Write(std::span<uint8_t, kSize> out) const;
  bool operator==(const AudioLevel&) const = default;
};

//   |0 0 0 0|C|F|R R|             C: back camera, F: flipped, R: clockwise quarter turns
struct VideoOrientation {
  static constexpr size_t kSize = 1;
  bool back_camera = false;
  bool flip = false;
  uint16_t rotation = 0;  // degrees clockwise: 0, 90, 180, 270

  static std::optional<VideoOrientation> Parse(std::span<const uint8_t> value);
  void Write(std::span<uint8_t, kSize> out) const;
  bool operator==(const VideoOrientation&) const = default;
};

// 24 bits: seconds in 6.18 fixed point, wraps every 64 s.
struct AbsSendTime {
  static constexpr size_t kSize = 3;
  uint32_t ticks = 0;  // 2^-18 s

  static AbsSendTime From(Timestamp time);
  // The shortest signed way from `earlier` to this, within +-32 s.
  TimeDelta Since(AbsSendTime earlier) const;
  static std::optional<AbsSendTime> Parse(std::span<const uint8_t> value);
  void Write(std::span<uint8_t, kSize> out) const;
  bool operator==(const AbsSendTime&) const = default;
};

// 16 bits, one count over all packets of a transport.
struct TransportSequenceNumber {
  static constexpr size_t kSize = 2;
  SeqNum seq;

  static std::optional<TransportSequenceNumber> Parse(std::span<const uint8_t> value);
  void Write(std::span<uint8_t, kSize> out) const;
  bool operator==(const TransportSequenceNumber&) const = default;
};

// 24 bits signed, RTP clock ticks between capture and sending (RFC 5450).
struct TransmissionOffset {
  static constexpr size_t kSize = 3;
  int32_t ticks = 0;

  static std::optional<TransmissionOffset> Parse(std::span<const uint8_t> value);
  void Write(std::span<uint8_t, kSize> out) const;
  bool operator==(const TransmissionOffset&) const = default;
};

//   |  capture time, NTP 32.32 (64)  |  sender's clock offset, 32.32 signed (64), optional  |
struct AbsCaptureTime {
  static constexpr size_t kMaxSize = 16;
  uint64_t capture_ntp = 0;
  std::optional<int64_t> clock_offset;

  size_t WireSize() const { return clock_offset ? 16 : 8; }
  static std::optional<AbsCaptureTime> Parse(std::span<const uint8_t> value);
  // Returns WireSize(); `out` has at least that many bytes.
  size_t Write(std::span<uint8_t> out) const;
  bool operator==(const AbsCaptureTime&) const = default;
};

//   |  min (12)  |  max (12)  |     in steps of 10 ms, 0..40950 ms
struct PlayoutDelay {
  static constexpr size_t kSize = 3;
  TimeDelta min = TimeDelta::Zero();
  TimeDelta max = TimeDelta::Zero();

  // Refuses min > max.
  static std::optional<PlayoutDelay> Parse(std::span<const uint8_t> value);
  // Clamps to what the field holds.
  void Write(std::span<uint8_t, kSize> out) const;
  bool operator==(const PlayoutDelay&) const = default;
};

}  // namespace sluice::rtp
