#include "bench/fanout/run.h"

#include <uv.h>

#include <memory>

#include "bench/fanout/scene.h"
#include "bench/fanout/sinks.h"
#include "bench/fanout/source.h"

namespace sluice::bench {
namespace {

constexpr uint64_t kWarmUpMs = 3000;     // rings and plans are full, every consumer has had a key frame
constexpr uint64_t kPatienceMs = 20000;  // for a machine that is busy otherwise

struct Sample {
  uint64_t at_ns = 0;
  uint64_t packets_in = 0;
  uint64_t forwards = 0;
  controller::ResourceUsage usage;
};

class Measurement {
 public:
  Measurement(uv_loop_t* loop, const Options& options, const std::string& worker)
      : options_(options), scene_(loop, options, worker) {
    result_.worker = worker;
    uv_timer_init(loop, &timer_);
    timer_.data = this;
  }

  void Start() {
    scene_.Build([this](const std::string& error) { error.empty() ? Flow() : Fail(error); });
  }
  const Result& result() const { return result_; }

 private:
  void Flow() {
    sinks_ = std::make_unique<Sinks>(options_, scene_.receivers());
    source_ = std::make_unique<Source>(options_, scene_.senders());
    After(kWarmUpMs, &Measurement::TakeFirst);
  }

  void TakeFirst() {
    const bool all_served = sinks_->receivers_served() == scene_.receivers().size();
    if (!all_served && sinks_->wrong_packets() == 0 && (waited_ms_ += kPatienceMs / 10) < kPatienceMs) {
      return After(kPatienceMs / 10, &Measurement::TakeFirst);
    }
    if (!all_served) {
      return Fail(std::to_string(sinks_->receivers_served()) + " of " + std::to_string(scene_.receivers().size()) +
                  " receivers got media, " + std::to_string(sinks_->wrong_packets()) + " wrong packets");
    }
    Take(first_, [this] { After(static_cast<uint64_t>(options_.seconds) * 1000, &Measurement::TakeLast); });
  }

  void TakeLast() {
    Take(last_, [this] {
      result_.seconds = static_cast<double>(last_.at_ns - first_.at_ns) * 1e-9;
      result_.packets_in = last_.packets_in - first_.packets_in;
      result_.forwards = last_.forwards - first_.forwards;
      result_.user_us = static_cast<double>(last_.usage.user_time_ms - first_.usage.user_time_ms) * 1e3;
      result_.system_us = static_cast<double>(last_.usage.system_time_ms - first_.usage.system_time_ms) * 1e3;
      result_.max_rss_kib = last_.usage.max_rss_kib;
      End();
    });
  }

  template <class Then>
  void Take(Sample& sample, Then then) {
    scene_.Measure([this, &sample, then](absl::StatusOr<controller::ResourceUsage> usage) {
      if (!usage.ok()) return Fail(usage.status().ToString());
      sample = {uv_hrtime(), source_->packets_sent(), sinks_->packets(), *usage};
      then();
    });
  }

  void After(uint64_t ms, void (Measurement::*step)()) {
    next_ = step;
    uv_timer_start(
        &timer_,
        [](uv_timer_t* timer) {
          auto* self = static_cast<Measurement*>(timer->data);
          (self->*self->next_)();
        },
        ms, 0);
  }

  void Fail(const std::string& error) {
    result_.error = error;
    End();
  }

  void End() {
    source_.reset();
    sinks_.reset();
    scene_.Close();
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  }

  const Options& options_;
  Scene scene_;
  uv_timer_t timer_;
  void (Measurement::*next_)() = nullptr;
  uint64_t waited_ms_ = 0;
  std::unique_ptr<Sinks> sinks_;
  std::unique_ptr<Source> source_;
  Sample first_, last_;
  Result result_;
};

}  // namespace

Result Run(const Options& options, const std::string& worker) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  Result result;
  {
    Measurement measurement(&loop, options, worker);
    measurement.Start();
    uv_run(&loop, UV_RUN_DEFAULT);
    result = measurement.result();
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return result;
}

}  // namespace sluice::bench
