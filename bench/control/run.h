// One round of one worker: a fresh process, the scene, then every step twice: one request at a time, and pipelined.
#pragma once

#include <string>

#include "bench/control/options.h"
#include "bench/control/report.h"

namespace sluice::bench {

ControlResult RunControl(const ControlOptions& options, const std::string& worker);

}  // namespace sluice::bench
