// The library's values as JSON, with the names and the choice of fields of media_scenario.mjs: what depends on time is left out.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "controller/worker.h"

namespace sluice::scenario {

nlohmann::json StatsJson(const std::vector<controller::RtpStreamStats>& list);
nlohmann::json StatsJson(const controller::DataProducerStats& stats);
nlohmann::json StatsJson(const controller::DataConsumerStats& stats);
nlohmann::json DumpJson(const controller::TransportDump& dump);
nlohmann::json DumpJson(const controller::ProducerDump& dump);
nlohmann::json DumpJson(const controller::ConsumerDump& dump);
nlohmann::json DumpJson(const controller::DataProducerDump& dump);
nlohmann::json DumpJson(const controller::DataConsumerDump& dump);

// "accepted", or the kind of error as media_scenario.mjs calls it.
std::string RefusalOf(const absl::Status& status);

}  // namespace sluice::scenario
