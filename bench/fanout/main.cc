#include <cstdio>
#include <vector>

#include "bench/fanout/options.h"
#include "bench/fanout/report.h"
#include "bench/fanout/run.h"

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = sluice::bench::ParseOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  std::vector<sluice::bench::Result> results;
  for (const std::string& worker : options->workers) {
    results.push_back(sluice::bench::Run(*options, worker));
    if (!results.back().error.empty()) exit_code = 1;
  }
  if (options->json != "-") sluice::bench::PrintTable(*options, results);
  if (!options->json.empty() && !sluice::bench::WriteJson(*options, results)) {
    std::fprintf(stderr, "%s cannot be written\n", options->json.c_str());
    exit_code = 1;
  }
  return exit_code;
}
