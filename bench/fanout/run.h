// Measures one worker: builds the scene, lets the media flow, takes CPU time and counts at both ends of the measured
// time.
#pragma once

#include <string>

#include "bench/fanout/options.h"
#include "bench/fanout/report.h"

namespace sluice::bench {

Result Run(const Options& options, const std::string& worker);

}  // namespace sluice::bench
