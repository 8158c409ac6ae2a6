// How much a peer may be sent that tells nothing of single packets: after the loss in its receiver reports, and REMB. It
// bounds what layers are chosen from; it neither paces nor probes, nor finds out how much more would get through than is
// sent: to know, more has to be sent. Peers that tell of packets have a BandwidthController.
//
//   loss over kHighLoss   -> the cap becomes kCut of what arrived; it is halved at most at once. Layers that were raised
//                            within kAttempt before were too much: back to what was sent before, and a little more
//   loss below kLowLoss   -> it grows by kGrowth a second while it holds something back. When it holds nothing back it
//                            ends at kHeadroom of what is sent
//   REMB                  -> an upper bound besides, until the next one
//
// After a cut nothing is concluded from reports within kReportPeriod, or one congestion would count twice. Times come in;
// rates are of RTP packets. Fixed size.
#pragma once

#include <optional>

#include "rtc/base/units.h"

namespace sluice {

class ReportCap {
 public:
  static constexpr double kHighLoss = 0.10;
  static constexpr double kLowLoss = 0.02;
  static constexpr double kCut = 0.85;
  static constexpr double kGrowth = 0.08;
  static constexpr double kHeadroom = 1.5;
  static constexpr TimeDelta kAttempt = TimeDelta::Seconds(3);
  // What a report tells of, about.
  static constexpr TimeDelta kReportPeriod = TimeDelta::Seconds(2);
  // No cap is lower: something must be sent to learn from.
  static constexpr DataRate kFloor = DataRate::KilobitsPerSec(50);
  static constexpr DataRate kCeiling = DataRate::KilobitsPerSec(10'000'000);  // nor grows higher

  // `loss` (0..1) of `sent`, which is what the peer is sent at present.
  void OnLossReport(double loss, DataRate sent, Timestamp now);
  void OnRemb(DataRate bitrate) { remb_ = bitrate; }
  // Layers were chosen under the cap: whether it held something back, and whether more is sent from now on.
  void OnAllocated(bool limited, bool raised, Timestamp now);

  // nullopt: nothing says that anything is wrong.
  std::optional<DataRate> cap() const;

 private:
  void CutTo(DataRate rate, Timestamp now);
  void Grow(TimeDelta time);

  bool limited_ = false;
  DataRate sent_;  // at the last report
  std::optional<DataRate> cap_;
  std::optional<DataRate> remb_;
  std::optional<Timestamp> last_report_;
  std::optional<Timestamp> last_cut_;
  std::optional<Timestamp> attempt_end_;
  DataRate before_attempt_;
};

}  // namespace sluice
