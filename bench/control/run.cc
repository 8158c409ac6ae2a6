#include "bench/control/run.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "bench/control/requests.h"
#include "bench/control/worker_pipe.h"

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Micros(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

class Round {
 public:
  explicit Round(const std::string& worker) : pipe_(worker) { result_.worker = worker; }

  // Sends all requests of a step, at most `window` under way. False on the first that is refused.
  bool Run(const Step& step, int window, Line* line) {
    const uint64_t cpu_before = pipe_.CpuTimeNs();
    const auto start = Clock::now();
    sent_at_.assign(static_cast<size_t>(step.count), {});
    latencies_.clear();
    const uint32_t first_id = next_id_;
    next_id_ += static_cast<uint32_t>(step.count);
    int sent = 0;
    auto on_answer = [&](uint32_t id, const std::string& reason) {
      if (id < first_id || id >= next_id_) return;
      latencies_.push_back(Micros(Clock::now() - sent_at_[id - first_id]));
      if (!reason.empty() && result_.error.empty()) result_.error = step.name + ": " + reason;
    };
    while (result_.error.empty() && latencies_.size() < static_cast<size_t>(step.count)) {
      while (sent < step.count && static_cast<size_t>(sent) < latencies_.size() + static_cast<size_t>(window)) {
        const OneRequest r = step.make(builder_, sent);
        sent_at_[static_cast<size_t>(sent)] = Clock::now();
        pipe_.Send(first_id + static_cast<uint32_t>(sent++), builder_, r.method, r.handler_id, r.type, r.body);
      }
      if (!pipe_.Turn(on_answer)) result_.error = step.name + ": " + pipe_.error();
    }
    if (!result_.error.empty()) return false;
    if (line) Fill(*line, Micros(Clock::now() - start), pipe_.CpuTimeNs() - cpu_before);
    return true;
  }

  ControlResult Finish() {
    result_.max_rss_kib = pipe_.MaxRssKib();
    return std::move(result_);
  }
  ControlResult& result() { return result_; }
  const std::string& pipe_error() const { return pipe_.error(); }

 private:
  void Fill(Line& line, double all_us, uint64_t cpu_ns) {
    std::sort(latencies_.begin(), latencies_.end());
    const double n = static_cast<double>(latencies_.size());
    auto at = [&](double part) { return latencies_[std::min(latencies_.size() - 1, static_cast<size_t>(part * n))]; };
    line.per_second = n / all_us * 1e6;
    line.p50_us = at(0.5);
    line.p99_us = at(0.99);
    line.max_us = latencies_.back();
    line.cpu_us = static_cast<double>(cpu_ns) / 1e3 / n;
  }

  WorkerPipe pipe_;
  ControlResult result_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Clock::time_point> sent_at_;
  std::vector<double> latencies_;
  uint32_t next_id_ = 1;
};

}  // namespace

ControlResult RunControl(const ControlOptions& options, const std::string& worker) {
  Round round(worker);
  if (!round.pipe_error().empty()) {
    round.result().error = round.pipe_error();
    return round.Finish();
  }
  for (const Step& step : SetUp(options)) {
    if (!round.Run(step, options.window, nullptr)) return round.Finish();
  }
  for (const std::string& kind : options.kinds) {
    for (const bool pipelined : {false, true}) {
      for (const Step& step : StepsOf(kind, options, pipelined ? 1 : 0)) {
        Line line{.step = step.name, .pipelined = pipelined};
        if (!round.Run(step, pipelined ? options.window : 1, &line)) return round.Finish();
        round.result().lines.push_back(std::move(line));
      }
    }
  }
  return round.Finish();
}

}  // namespace sluice::bench
