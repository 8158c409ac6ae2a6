// One sender of media under congestion control, and its receiver: a source and audio -> a simple pacer -> the route ->
// TransportFeedbackGenerator -> the way back -> SentPacketHistory -> BandwidthController, which drives the source.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/cc/bandwidth_controller.h"
#include "rtc/cc/sent_packet_history.h"
#include "rtc/cc/transport_feedback_generator.h"
#include "test/bwe/line.h"
#include "test/bwe/record.h"
#include "test/bwe/scheduler.h"
#include "test/bwe/source.h"

namespace sluice::bwe {

class MediaFlow {
 public:
  struct Config {
    DataRate min = DataRate::KilobitsPerSec(100);
    DataRate start = DataRate::KilobitsPerSec(300);
    DataRate max = DataRate::KilobitsPerSec(10'000);
    DataRate audio = DataRate::KilobitsPerSec(20);  // zero: none
    bool audio_numbered = true;                     // has transport-wide numbers
    // Repetitions and padding are sent to fill probes.
    bool probes = true;
  };

  // The routes and the source belong to the flow.
  MediaFlow(Scheduler& scheduler, Config config, std::unique_ptr<Source> source, Route::Config forth,
            Route::Config back, uint64_t seed);
  MediaFlow(const MediaFlow&) = delete;
  MediaFlow& operator=(const MediaFlow&) = delete;

  // Sends frames from now on, or stops to.
  void Start();
  void Pause() { running_ = false; }
  void Resume() { running_ = true; }

  Route& forth() { return forth_; }
  Source& source() { return *source_; }
  BandwidthController& controller() { return controller_; }
  const Record& record() const { return record_; }
  Record& record() { return record_; }

 private:
  struct Queued {
    int size;
    Timestamp since;
    bool audio;
  };
  void OnFrame();
  void OnAudio();
  void Drive();
  void Pump();
  void SendOne(int size, bool numbered, uint16_t probe);
  void OnArrival(SeqNum seq, int size, bool numbered, TimeDelta queued);
  void SendFeedback();
  TimeDelta Held() const;

  Scheduler& scheduler_;
  Config config_;
  std::unique_ptr<Source> source_;
  Route forth_;
  Route back_;
  BandwidthController controller_;
  SentPacketHistory history_;
  TransportFeedbackGenerator generator_;
  Record record_;

  bool running_ = false;
  std::deque<Queued> audio_;
  std::deque<Queued> video_;
  int64_t video_bytes_ = 0;
  Timestamp free_at_ = Timestamp::Never();  // when the pacer lets the next packet go
  bool pump_planned_ = false;
  SeqNum next_{65000};
  std::optional<BandwidthController::Probe> probe_;
  int64_t probe_bytes_ = 0;
  int probe_packets_ = 0;
  bool feedback_planned_ = false;
};

}  // namespace sluice::bwe
