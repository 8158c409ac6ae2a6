// One run: lines, flows and what changes when. Cases build it; afterwards it has the records.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/bwe/competitors.h"
#include "test/bwe/line.h"
#include "test/bwe/media_flow.h"
#include "test/bwe/scheduler.h"
#include "test/bwe/source.h"

namespace sluice::bwe {

enum class SourceKind { kAdaptive, kSimulcast };

class World {
 public:
  struct Step {
    int at_s;
    int kbps;
  };
  struct MediaConfig {
    std::string name = "media";
    std::vector<Bottleneck*> hops;
    std::vector<Bottleneck*> back_hops;
    TimeDelta delay = TimeDelta::Millis(50);
    bool jitter = true;
    TimeDelta uniform_jitter = TimeDelta::Zero();
    double loss = 0;
    int from_s = 0;
    int max_video_kbps = 1500;
    std::vector<int> layers_kbps = {150, 500, 1500};
    MediaFlow::Config flow;
  };

  World(SourceKind kind, uint64_t seed) : kind_(kind), rng_(seed) {}

  SourceKind kind() const { return kind_; }
  Scheduler& scheduler() { return scheduler_; }
  Rng& rng() { return rng_; }

  Bottleneck& AddLine(Bottleneck::Config config);
  // The first step is its rate from the beginning. Each becomes a phase if this is the `measured` line.
  Bottleneck& AddLine(const std::vector<Step>& steps, Bottleneck::Config config = {});
  MediaFlow& AddMedia(MediaConfig config);
  TcpFlow& AddTcp(std::vector<Bottleneck*> hops, TimeDelta delay = TimeDelta::Millis(50));
  UdpFlow& AddUdp(std::vector<Bottleneck*> hops, DataRate rate);
  void At(int second, Scheduler::Action action);
  void Run(int seconds);

  const std::vector<std::unique_ptr<MediaFlow>>& media() const { return media_; }
  const std::vector<std::unique_ptr<TcpFlow>>& tcp() const { return tcp_; }
  const std::vector<Step>& steps() const { return steps_; }  // of the first line with steps
  int length_s() const { return length_s_; }

  Record::Span Media(size_t flow, int begin_s, int end_s) const;
  // What arrived of what the line carries or the source can make of it, whichever is less.
  double Utilisation(size_t flow, int begin_s, int end_s, int line_kbps) const;

 private:
  std::unique_ptr<Source> MakeSource(const MediaConfig& config);

  SourceKind kind_;
  Scheduler scheduler_;
  Rng rng_;
  std::vector<std::unique_ptr<Bottleneck>> lines_;
  std::vector<std::unique_ptr<MediaFlow>> media_;
  std::vector<std::unique_ptr<TcpFlow>> tcp_;
  std::vector<std::unique_ptr<UdpFlow>> udp_;
  std::vector<Step> steps_;
  int length_s_ = 0;
};

}  // namespace sluice::bwe
