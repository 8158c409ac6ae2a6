#include "test/bwe/cases.h"

namespace sluice::bwe {

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    AddStandardCases(all);
    AddReferenceCases(all);
    AddHarshCases(all);
    AddLayerCases(all);
    return all;
  }();
  return cases;
}

std::string NameOf(SourceKind kind) { return kind == SourceKind::kAdaptive ? "adaptive" : "simulcast"; }

void MeasureSpan(Outcome& outcome, const std::string& what, int begin, int end, double min_kbps, double max_p95_ms,
                 double max_loss) {
  const Record::Span span = outcome.world->Media(0, begin, end);
  const bool layers = outcome.world->kind() == SourceKind::kSimulcast;
  outcome.figures.push_back({.name = "rate, " + what,
                             .value = static_cast<double>(span.rate.kbps()),
                             .min = min_kbps * (layers ? 0.6 : 0.9),
                             .unit = "kbit/s",
                             .goal = min_kbps});
  outcome.figures.push_back({.name = "queueing delay p95, " + what,
                             .value = span.queue_p95.seconds() * 1000,
                             .max = max_p95_ms * 1.6,
                             .unit = "ms",
                             .goal = max_p95_ms});
  outcome.figures.push_back({.name = "loss, " + what, .value = span.loss * 100, .max = max_loss * 100, .unit = "%"});
}

void MeasureSwitches(Outcome& outcome, int begin, int end, double max) {
  if (outcome.world->kind() != SourceKind::kSimulcast) return;
  outcome.figures.push_back({.name = "layer switches a minute",
                             .value = outcome.world->Media(0, begin, end).switches_per_minute,
                             .max = max * 2,
                             .goal = max});
}

}  // namespace sluice::bwe
