// What to measure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sluice::bench {

struct ControlOptions {
  std::vector<std::string> workers;  // one or more programs, measured in turns
  std::vector<std::string> kinds;    // what is created and closed: consumers, producers, transports, dataconsumers
  int count = 10'000;                // of each kind
  int transports = 100;              // that consumers, producers and data consumers are spread over
  int window = 64;                   // requests under way when pipelined
  int rounds = 3;                    // of each worker; the median counts
  std::string json;                  // file for the results, "-" for the standard output instead of the table
};

// nullopt: `exit_code` is to be returned (after --help or a complaint).
std::optional<ControlOptions> ParseControlOptions(int argc, char** argv, int& exit_code);

}  // namespace sluice::bench
