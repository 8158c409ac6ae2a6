// The two halves of the scenario; each does what the module of the same name does in JavaScript.
#pragma once

#include <memory>

#include "controller/worker.h"
#include "test/interop/same_scenario/steps.h"

namespace sluice::scenario {

void RunMedia(Steps& steps, std::shared_ptr<controller::Worker> worker);
void RunPipe(Steps& steps, std::shared_ptr<controller::Worker> worker);

}  // namespace sluice::scenario
