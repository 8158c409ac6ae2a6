// A recorded session through the real thing: a sender who plays a vector, a router with a producer and a consumer of the
// right kind, and a receiver who decodes. Whoever runs it asks for layers, pauses and loses packets; it watches the
// clock, and keeps what a viewer would notice. Deterministic by the seed; no time passes on the way.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rtc/base/rng.h"
#include "test/scenario/layers/layers_receiver.h"
#include "test/scenario/layers/vector_player.h"
#include "test/support/media_world.h"

namespace sluice::testing_support {

class LayersCall {
 public:
  struct Stats {
    std::vector<double> gaps;      // at a change of spatial layers: picture intervals of the temporal layers asked for
    std::vector<double> gap_ms;    // and in time
    std::vector<double> all_gaps;  // between any two pictures that follow each other undisturbed
    std::vector<double> reached_ms;  // from asking for another spatial layer to seeing it
    int not_reached = 0;             // something else was asked for first
    int too_high = 0;          // pictures of a temporal layer above the asked one, kSettled after the spatial one came
    double worst_skew_ms = 0;  // of the distance of two pictures' timestamps from that of their capture
    int key_frame_requests = 0;  // that the sender got
    int unexplained_breaks = 0;  // the receiver gave up on packets, though all could be had (see IsExplained())
  };
  static constexpr TimeDelta kSettled = TimeDelta::Millis(150);

  LayersCall(const RtpVector& vector, const ReferenceFrames& reference, uint64_t seed);

  void RunFor(TimeDelta time);
  // How many there are to choose from.
  int spatial_layers() const { return std::max<int>(vector_.stream_count, vector_.spatial_layers()); }
  int temporal_layers() const { return vector_.temporal_layers(); }
  void Prefer(int spatial, int temporal);
  void SetConsumerPaused(bool paused);
  void SetProducerPaused(bool paused);
  void AskForKeyFrame() { SendPli(); }
  // The next packets are lost: on the way to the worker, where they can be had again unless it is `for_good`; or to
  // the receiver.
  void LoseUp(int packets, bool for_good);
  void LoseDown(int packets);

  const LayersReceiver& receiver() const { return receiver_; }
  const Stats& stats() const { return stats_; }
  Consumer& consumer() { return *consumer_; }
  int losses_for_good() const { return losses_for_good_; }

 private:
  struct Wish {
    Timestamp at;
    int spatial = 0;
    int temporal = 0;
    bool reached = false;
    Timestamp reached_at;
  };
  void AddProducer();
  void AddConsumer();
  void Tick();
  void Send();
  void AnswerRtcp();
  void Deliver();
  bool IsExplained();
  void NoteSource();
  void SendPli();
  void Look(const LayersReceiver::Shown& shown);
  // What happens from now on for so long is no fault of a switch.
  void Disturb(TimeDelta time);
  bool IsDisturbed(Timestamp from, Timestamp to) const;
  void LookAtGap(const LayersReceiver::Shown& before, const LayersReceiver::Shown& now);
  int SpatialOf(const ReferenceFrames::Origin& origin) const;
  int LowestTemporal(Timestamp since) const;
  int PicturesBetween(const ReferenceFrames::Origin& origin, uint32_t ticks, int temporal) const;
  Timestamp now() { return world_.turn().now; }

  const RtpVector& vector_;
  const ReferenceFrames& reference_;
  MediaWorld world_;
  Rng rng_;
  VectorPlayer player_;
  Transport& from_;
  Transport& to_;
  Producer* producer_ = nullptr;
  Consumer* consumer_ = nullptr;
  LayersReceiver receiver_;
  const Timestamp start_;
  Timestamp next_report_;
  int lose_up_ = 0;
  bool lose_for_good_ = false;
  std::map<std::pair<int, uint16_t>, Timestamp> lost_for_good_;
  int losses_for_good_ = 0;
  Timestamp last_loss_for_good_;
  std::set<std::pair<int, uint16_t>> lost_up_;  // and not yet sent again
  std::optional<int> source_;                   // the stream that the consumer forwards
  Timestamp inactive_;                          // until when it was paused
  Timestamp left_behind_;                       // when it last went on from a stream of which something was lost
  int breaks_ = 0;
  int hopeless_breaks_ = 0;
  int lose_down_ = 0;
  struct Disturbance {
    Timestamp from;
    Timestamp until;
  };
  std::deque<Disturbance> disturbances_;  // pauses and losses: gaps that they touch tell nothing
  std::deque<Wish> wishes_;
  std::optional<LayersReceiver::Shown> last_;
  Stats stats_;
};

}  // namespace sluice::testing_support
