// Measures the floor (bench/floor) as Run() measures a worker: with the same senders and receivers.
#pragma once

#include "bench/fanout/options.h"
#include "bench/fanout/report.h"

namespace sluice::bench {

Result RunFloor(const Options& options);

}  // namespace sluice::bench
