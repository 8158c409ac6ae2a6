// The results of all rounds, for people and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/fanout/options.h"

namespace sluice::bench {

struct Result {
  std::string worker;
  std::string error;        // not empty: nothing below holds
  double seconds = 0;       // measured
  uint64_t packets_in = 0;  // sent to the worker
  uint64_t forwards = 0;    // that reached the receivers
  double user_us = 0;       // CPU time of the worker in all
  double system_us = 0;
  uint64_t max_rss_kib = 0;

  double per_forward(double us) const { return forwards ? us / static_cast<double>(forwards) : 0; }
  double expected(const Options& options) const { return static_cast<double>(packets_in) * options.consumers; }
};

// All rounds of one program.
struct Series {
  std::string worker;
  std::vector<Result> rounds;
};

// The first is the floor, which the others are compared with; the second is what later ones are compared with.
void PrintTable(const Options& options, const std::vector<Series>& all);
// False when the file cannot be written.
bool WriteJson(const Options& options, const std::vector<Series>& all);

}  // namespace sluice::bench
