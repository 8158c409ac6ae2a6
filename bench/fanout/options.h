// What to measure. The defaults are the case that docs and notes speak of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtc/srtp/srtp_suite.h"

namespace sluice::bench {

struct Options {
  std::vector<std::string> workers;  // one or more programs, measured in turn, after the floor (bench/floor)
  int producers = 1;
  int consumers = 50;                      // receiving transports, each with a consumer of every producer
  int rate = 400;                          // packets per second and producer
  int packet_size = 1112;                  // whole RTP packet before protection
  int burst = 4;                           // packets of a producer that leave together: a frame
  int seconds = 5;                         // measured in each round, after a warm-up
  int rounds = 3;                          // of all programs in turn
  std::string suite = "AEAD_AES_128_GCM";  // or "none": clear RTP
  std::string json;                        // file for the results, "-" for the standard output instead of the table

  std::optional<SrtpSuite> srtp() const { return SrtpSuiteFromName(suite); }
  int forwards_per_second() const { return producers * rate * consumers; }
};

// nullopt: `exit_code` is to be returned (after --help or a complaint).
std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code);

}  // namespace sluice::bench
