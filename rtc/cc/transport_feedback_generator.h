// Tells the sender of one transport when its packets arrived: transport-wide congestion control feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01), receiver side. The caller notes every packet that carries a
// transport-wide number and asks for feedback when deadline() has come, every kInterval while packets come.
//
// Numbers between two that came are reported as lost; a late one is reported in the next feedback when the number lies
// at most kMaxLate behind. What does not fit one message makes several.
// Bound: kWindow arrivals; when the numbers jump further than that, the older ones are forgotten.
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/cc/arrival_window.h"
#include "rtc/rtcp/transport_feedback.h"

namespace sluice {

class TransportFeedbackGenerator {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Millis(100);
  static constexpr int64_t kWindow = 4096;
  static constexpr int64_t kMaxLate = 512;

  void OnPacket(SeqNum transport_seq, Timestamp arrival);
  // Infinite while there is nothing to tell.
  Timestamp deadline() const { return deadline_; }

  // The next feedback message; nullopt when nothing is left to tell. To be repeated until then. `media` is any SSRC of
  // the transport's incoming media.
  std::optional<rtcp::TransportFeedback> Next(Ssrc sender, Ssrc media);

 private:
  ArrivalWindow<Timestamp, kWindow, kMaxLate> window_;  // Never: did not come
  uint8_t count_ = 0;                                   // feedback packet count, wraps
  Timestamp deadline_ = Timestamp::Infinite();
};

}  // namespace sluice
