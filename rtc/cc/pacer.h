// Decides which of one transport's packets leaves next, and when: a leaky bucket that fills at the pacing rate, and a
// queue for each flow (what one consumer gets of video, or its repetitions). It holds references, writes nothing and
// numbers nothing: what it hands out is resolved and numbered then.
//
//   order     repetitions before video; video flows of higher priority first; among equals whoever waited longest, a
//             frame at a time. A flow keeps its own order. Audio and RTCP never wait: they are charged (Charge()) and the
//             rest waits longer.
//   bursts    kBurst of the rate leaves at once, at least kLeastBurst; kUnlimitedBurst where the line is not the limit: then
//             whole frames do, and can be one segmented send.
//   too late  when the queue would take longer than kMaxQueueTime, whole frames are shed, of the flow of the lowest
//             priority first: those that no other frame needs; then those before a key frame that waits; then all that
//             waits of a flow, which then goes on at a key frame (Shed() tells which, at most every kCutInterval for a
//             flow). A frame of which a packet left is never shed, nor is a key frame. What cannot be shed leaves faster
//             when the queue is longer than kLongestQueueTime.
//   again     no more repetitions are to be put in while MayRepeat() says that they would wait longer than kMaxRepetitionTime:
//             they are asked for again if need be.
//   shed      packets are still handed out in their turn, for the numbers behind them to close up.
//
// Bounds: kMaxPackets wait at most; memory is taken as they come to be needed and kept. Sizes are of the line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace sluice {

class Pacer {
 public:
  static constexpr TimeDelta kBurst = TimeDelta::Millis(10);
  static constexpr TimeDelta kUnlimitedBurst = TimeDelta::Millis(40);
  static constexpr DataSize kLeastBurst = DataSize::Bytes(3000);
  // Not woken more often: packets leave in small bursts.
  static constexpr TimeDelta kInterval = TimeDelta::Millis(5);
  static constexpr TimeDelta kMaxQueueTime = TimeDelta::Millis(250);
  static constexpr TimeDelta kMaxRepetitionTime = TimeDelta::Millis(500);
  static constexpr TimeDelta kLongestQueueTime = TimeDelta::Seconds(1);
  static constexpr TimeDelta kCutInterval = TimeDelta::Seconds(2);
  static constexpr size_t kMaxPackets = 4096;

  // Descending precedence.
  enum class Class : uint8_t { kRepetition, kVideo };
  using FlowId = uint32_t;

  // What the caller needs to write the packet; handed back as it was.
  struct Reference {
    ExtSeqNum seq;
    Timestamp captured = Timestamp::Never();
    uint32_t word = 0;
    uint8_t stream = 0;
    uint8_t kind = 0;
    uint8_t flags = 0;
  };
  struct Packet {
    Reference reference;
    DataSize size;            // zero: nothing is sent, but its turn must come
    uint32_t frame = 0;       // packets of one frame follow each other and share it
    bool key_frame = false;   // a decoder can start with it
    bool disposable = false;  // no other frame needs its frame
  };
  struct Released {
    FlowId flow = 0;
    Reference reference;
    bool shed = false;  // it is not to be sent
    TimeDelta waited;
  };

  explicit Pacer(Timestamp now) : filled_at_(now) {}

  FlowId AddFlow(Class type);
  // Forgets what waits in it.
  void RemoveFlow(FlowId flow);
  void SetPriority(FlowId flow, uint8_t priority) { flows_[flow].priority = priority; }

  void SetRate(DataRate rate, Timestamp now);
  // More is known to get through than is sent.
  void SetUnlimited(bool unlimited) { unlimited_ = unlimited; }
  // While a probe is sent: packets leave as evenly as can be, in bursts of kProbeBurst.
  void SetEven(bool even) { even_ = even; }

  // False, and nothing has changed: kMaxPackets wait.
  bool Enqueue(FlowId flow, const Packet& packet, Timestamp now);
  bool MayRepeat() const { return repetitions_queued_ <= rate_ * kMaxRepetitionTime; }
  // To be called after Enqueue(), until nullopt: the next flow of which everything that waited was shed.
  std::optional<FlowId> Shed(Timestamp now);

  // All that waits of a flow is of no use any more: it is shed, but for the rest of a frame of which a packet left. The key
  // frame that comes then, and what follows it, is not cut off at once.
  void GiveUp(FlowId flow, Timestamp now);

  // The next packet to leave now, if one may. What leaves is to be charged.
  std::optional<Released> Next(Timestamp now);
  // Of that size left, by whatever way.
  void Charge(DataSize size) { level_ -= size; }
  // Nothing waits, and there is budget: time for padding.
  bool IdleWithBudget(Timestamp now);

  // When Next() may have something, or infinite when nothing waits.
  Timestamp deadline() const;
  // The same for whoever wants to send without waiting in a queue.
  Timestamp NextBudget() const;
  DataSize queued() const { return queued_; }
  size_t packets() const { return packets_; }
  TimeDelta QueueTime() const { return rate_ > DataRate::Zero() ? queued_ / rate_ : TimeDelta::Zero(); }
  uint64_t shed_packets() const { return shed_packets_; }

 private:
  static constexpr TimeDelta kProbeBurst = TimeDelta::Millis(2);
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Entry {
    Packet packet;
    Timestamp enqueued;
    uint32_t next = kNone;
    bool shed = false;
  };
  struct Flow {
    uint32_t head = kNone;
    uint32_t tail = kNone;
    Class type = Class::kVideo;
    uint8_t priority = 1;
    bool used = false;
    bool begun = false;     // a packet of `frame` left, so that the rest of it must
    bool shedding = false;  // what comes of `shed_frame` is shed like what came before it
    uint32_t frame = 0;     // of the last packet that left
    uint32_t shed_frame = 0;
    uint64_t served = 0;  // in which order flows were served
    DataSize queued;
    Timestamp last_cut;
  };
  // Packets that follow each other and share a frame.
  struct Run {
    uint32_t first = kNone;
    uint32_t end = kNone;  // after the last
    bool key_frame = false;
    bool disposable = true;
    DataSize size;
  };

  TimeDelta Interval() const { return even_ ? kProbeBurst : kInterval; }
  DataRate DrainRate() const;
  void Count(Flow& flow, DataSize size);
  void Refill(Timestamp now);
  uint32_t Allocate();
  void Pop(Flow& flow);
  bool IsInFrame(const Flow& flow) const;
  FlowId Choose();
  Run RunAt(uint32_t first) const;
  uint32_t FirstNotBegun(const Flow& flow) const;
  DataSize ShedRuns(Flow& flow, uint32_t first, uint32_t end);
  bool ShedDisposable(Flow& flow);
  bool ShedBeforeKeyFrame(Flow& flow);
  bool Cut(Flow& flow, Timestamp now);
  template <class Attempt>
  std::optional<FlowId> ShedLowest(Attempt attempt);

  std::vector<Flow> flows_;
  std::vector<FlowId> busy_;  // flows in which something waits
  std::vector<Entry> entries_;
  uint32_t free_ = kNone;
  FlowId current_ = kNone;
  std::array<size_t, 2> waiting_{};  // packets, by class
  uint64_t turn_ = 0;
  size_t packets_ = 0;
  uint64_t shed_packets_ = 0;
  DataSize queued_;
  DataSize repetitions_queued_;  // of these
  DataSize level_ = kLeastBurst;
  DataRate rate_;
  bool even_ = false;
  bool unlimited_ = false;
  Timestamp filled_at_;
};

}  // namespace sluice
