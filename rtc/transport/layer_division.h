// Divides what may be sent among a transport's video consumers (LayerAllocator), and limits each with layers to its share;
// those without get all that there is in any case. A consumer that is paused is limited to the lowest layer, and begins
// there. Pipes, which take everything, and audio have no part in it.
//
// It keeps its memory from one division to the next: with as many consumers as before none is allocated.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "rtc/base/roster.h"
#include "rtc/base/units.h"
#include "rtc/cc/layer_allocation.h"
#include "rtc/cc/layer_ceiling.h"
#include "rtc/media/consumer.h"
#include "rtc/transport/turn.h"

namespace sluice {

class LayerDivider {
 public:
  using Consumers = const Roster<Consumer, std::unique_ptr<Consumer>>&;

  // Rates are of RTP packets, each counted as `per_packet` larger. `estimated`: the budget is an estimate, which sways and
  // may be less than anybody can be sent. Then what did not fit is a ceiling for a while (LayerCeiling), and who comes last
  // may get nothing when not even the lowest layers fit; but for one, and for those without layers.
  struct Budget {
    DataRate rise;  // for what somebody does not have yet
    DataRate held;  // for what is sent already; not less
    DataSize per_packet;
    bool estimated = false;
    DataRate besides;  // what is sent besides layers: audio, data, repetitions
  };
  struct Division {
    DataRate given;
    DataRate wanted;  // of the highest that somebody wants and that come
    // What would have to be there for the next step up that somebody wants; zero: nobody does.
    DataRate next;
    bool has_layers = false;  // somebody with layers took part
    bool limited = false;     // somebody gets less than there is
    bool raised = false;      // more is sent from now on
    bool deep = false;        // a deep fall: who falls gets nothing until its key frame comes
  };
  Division Divide(Consumers consumers, const Budget& budget, Turn& turn);
  // Nobody gets anything.
  static void Stop(Consumers consumers, Turn& turn);
  // Nobody is limited any more.
  static void Lift(Consumers consumers, Turn& turn);

 private:
  // One consumer that takes part: layers in the order of climbing, temporal ones innermost.
  struct Share {
    Consumer* consumer = nullptr;
    int temporal_layers = 1;

    size_t IndexOf(const ConsumerLayers& layers) const;
    ConsumerLayers LayersOf(size_t index) const;
  };

  static LayerDemand DemandOf(const Share& share, DataSize per_packet, Timestamp now);
  void Gather(Consumers consumers, const Budget& budget, Turn& turn);
  LayerBudget BudgetOf(const Budget& budget, Timestamp now);
  void LetStarve();
  static void Give(const Share& share, size_t given, bool deep, Turn& turn);
  // What is sent now is so much more than may be that to go on with it until key frames of lower layers come would only
  // delay these, and of the line's queue, which is full of it, much will never be decoded.
  static constexpr double kDeepFall = 1.5;

  std::vector<Share> shares_;
  std::vector<LayerDemand> demands_;  // of the shares, in their order
  LayerAllocator allocator_;
  LayerCeiling ceiling_;
  LayerRate had_;  // what layers take that were given last
  DataRate sent_;  // of layers that are being forwarded
};

// What a consumer begins with while it is not known what there is room for.
inline constexpr ConsumerLayers kLowestLayers{.spatial = 0, .temporal = 0};
inline bool HasLayers(const Consumer& consumer) { return consumer.preferred_layers().has_value(); }
inline bool TakesPartInDivision(const Consumer& consumer) {
  return consumer.kind() == MediaKind::kVideo && consumer.type() != RtpType::kPipe;
}

}  // namespace sluice
