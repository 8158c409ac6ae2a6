// The cases: RFC 8867's, those of the figures to beat, and what an SFU meets. Each builds a World, runs it, and measures;
// each measured figure has a bound beside it, which is what the tests hold it to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/bwe/world.h"

namespace sluice::bwe {

struct Figure {
  std::string name;
  double value = 0;
  std::optional<double> min;
  std::optional<double> max;
  std::string unit;
  // What is aimed at, in the direction of the bound; a bound is what is held at present.
  std::optional<double> goal;

  bool reached() const { return !goal || (min ? value >= *goal : value <= *goal); }
  bool good() const { return (!min || value >= *min) && (!max || value <= *max); }
};

struct Outcome {
  std::unique_ptr<World> world;
  std::vector<Figure> figures;
};

struct Case {
  std::string name;   // of letters, digits and '_'
  std::string title;  // for readers
  std::vector<SourceKind> kinds;
  std::function<Outcome(SourceKind, uint64_t seed)> run;
};

inline DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }
inline Outcome Begin(SourceKind kind, uint64_t seed) { return {.world = std::make_unique<World>(kind, seed)}; }

const std::vector<Case>& Cases();
std::string NameOf(SourceKind kind);

// What the first flow reached in a time, and its layers' switches. The arguments are goals; what is held is somewhat less.
void MeasureSpan(Outcome& outcome, const std::string& what, int begin, int end, double min_kbps, double max_p95_ms,
                 double max_loss);
void MeasureSwitches(Outcome& outcome, int begin, int end, double max);

// The parts of the list.
void AddStandardCases(std::vector<Case>& cases);   // RFC 8867, 5.1-5.8, 6.1 and 6.3
void AddReferenceCases(std::vector<Case>& cases);  // the figures to beat
void AddHarshCases(std::vector<Case>& cases);      // policer, bufferbloat, Wi-Fi, cross traffic, any estimate
void AddLayerCases(std::vector<Case>& cases);      // what an SFU's layers meet

}  // namespace sluice::bwe
