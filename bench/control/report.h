// The results of all rounds, for people and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/control/options.h"

namespace sluice::bench {

// One step of one worker: the medians of its rounds.
struct Line {
  std::string step;  // "create consumers"
  bool pipelined = false;
  double per_second = 0;
  double p50_us = 0, p99_us = 0, max_us = 0;  // from the request's writing to its answer
  double cpu_us = 0;                          // of the worker, per request
};

struct ControlResult {
  std::string worker;
  std::string error;  // not empty: nothing below holds
  std::vector<Line> lines;
  uint64_t max_rss_kib = 0;
};

// The median of each figure over the rounds of one worker, which all have the same steps.
ControlResult Median(const std::vector<ControlResult>& rounds);

void PrintControlTable(const ControlOptions& options, const std::vector<ControlResult>& results);
// False when the file cannot be written.
bool WriteControlJson(const ControlOptions& options, const std::vector<ControlResult>& results);

}  // namespace sluice::bench
