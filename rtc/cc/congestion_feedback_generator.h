// Tells the sender of one transport when its packets arrived: RFC 8888, receiver side, for peers without transport-wide
// numbers. The caller notes every packet and asks for feedback when deadline() has come, every kInterval while packets
// come (RFC 8888 section 3 leaves the interval to the two ends; 50-200 ms are usual).
//
// Each message tells of every stream from behind what was told last to the highest number that came. A late packet is
// told in the next one, with all that follows it, when its number lies at most kMaxLate behind. What does not fit one
// message of kMaxSize bytes makes several.
//
// Bounds: kMaxStreams streams of kWindow arrivals. A further stream takes the place of the one silent for longest; when
// numbers jump further than the window, older ones are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/cc/arrival_window.h"
#include "rtc/cc/stream_table.h"
#include "rtc/rtcp/congestion_feedback.h"

namespace sluice {

class CongestionFeedbackGenerator {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Millis(50);
  static constexpr size_t kMaxStreams = 32;
  static constexpr int64_t kWindow = 1024;
  static constexpr int64_t kMaxLate = 256;
  static constexpr size_t kMaxSize = 1200;

  void OnPacket(Ssrc ssrc, SeqNum seq, Timestamp arrival, rtcp::Ecn ecn = rtcp::Ecn::kNotEct);
  // Infinite while there is nothing to tell.
  Timestamp deadline() const { return deadline_; }

  // The next message; nullopt when nothing is left to tell. To be repeated until then. `compact_ntp` is `now` as
  // NtpTime::Compact() has it.
  std::optional<rtcp::CongestionFeedback> Next(Ssrc sender, Timestamp now, uint32_t compact_ntp);

 private:
  struct Arrival {
    Timestamp at;  // Never: did not come
    rtcp::Ecn ecn = rtcp::Ecn::kNotEct;
    bool operator==(const Arrival&) const = default;
  };
  using Window = ArrivalWindow<Arrival, kWindow, kMaxLate>;

  StreamTable<Window, kMaxStreams> streams_;
  Timestamp deadline_ = Timestamp::Infinite();
};

}  // namespace sluice
