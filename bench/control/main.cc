#include <cstdio>
#include <vector>

#include "bench/control/options.h"
#include "bench/control/report.h"
#include "bench/control/run.h"

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = sluice::bench::ParseControlOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  // Workers take turns, so that what the machine does besides hits them alike.
  std::vector<std::vector<sluice::bench::ControlResult>> rounds(options->workers.size());
  for (int round = 0; round < options->rounds; ++round) {
    for (size_t i = 0; i < rounds.size(); ++i) {
      rounds[i].push_back(sluice::bench::RunControl(*options, options->workers[i]));
    }
  }
  std::vector<sluice::bench::ControlResult> results;
  for (const auto& of_one : rounds) {
    results.push_back(sluice::bench::Median(of_one));
    if (!results.back().error.empty()) exit_code = 1;
  }
  if (options->json != "-") sluice::bench::PrintControlTable(*options, results);
  if (!options->json.empty() && !sluice::bench::WriteControlJson(*options, results)) {
    std::fprintf(stderr, "%s cannot be written\n", options->json.c_str());
    exit_code = 1;
  }
  return exit_code;
}
