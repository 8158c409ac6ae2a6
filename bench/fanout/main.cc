#include <algorithm>
#include <cstdio>
#include <vector>

#include "bench/fanout/floor.h"
#include "bench/fanout/options.h"
#include "bench/fanout/report.h"
#include "bench/fanout/run.h"

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = sluice::bench::ParseOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  std::vector<sluice::bench::Series> all = {{.worker = "floor", .rounds = {}}};
  for (const std::string& worker : options->workers) all.push_back({.worker = worker, .rounds = {}});
  for (int round = 0; round < options->rounds; ++round) {
    all[0].rounds.push_back(sluice::bench::RunFloor(*options));
    for (size_t i = 1; i < all.size(); ++i) all[i].rounds.push_back(sluice::bench::Run(*options, all[i].worker));
  }
  for (const auto& series : all) {
    if (std::ranges::any_of(series.rounds, [](const auto& round) { return !round.error.empty(); })) exit_code = 1;
  }
  if (options->json != "-") sluice::bench::PrintTable(*options, all);
  if (!options->json.empty() && !sluice::bench::WriteJson(*options, all)) {
    std::fprintf(stderr, "%s cannot be written\n", options->json.c_str());
    exit_code = 1;
  }
  return exit_code;
}
