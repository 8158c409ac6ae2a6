#include "bench/fanout/report.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace sluice::bench {

void PrintTable(const Options& options, const std::vector<Result>& results) {
  std::printf("%d producer(s) x %d consumers, %d packets/s of %d bytes each in bursts of %d, %s, %d s\n\n",
              options.producers, options.consumers, options.rate, options.packet_size, options.burst,
              options.suite.c_str(), options.seconds);
  std::printf("%12s %10s %9s %9s %9s %7s %8s %7s  %s\n", "forwards/s", "delivered", "us user", "us system", "us all",
              "CPU", "RSS MiB", "ratio", "worker");
  double first = 0;
  for (const Result& result : results) {
    if (!result.error.empty()) {
      std::printf("failed: %s  %s\n", result.error.c_str(), result.worker.c_str());
      continue;
    }
    const double all = result.user_us + result.system_us;
    if (first == 0) first = result.per_forward(all);
    std::printf("%12.0f %9.2f%% %9.2f %9.2f %9.2f %6.1f%% %8.1f %7.2f  %s\n",
                static_cast<double>(result.forwards) / result.seconds,
                100 * static_cast<double>(result.forwards) / result.expected(options),
                result.per_forward(result.user_us), result.per_forward(result.system_us), result.per_forward(all),
                all / result.seconds / 1e4, static_cast<double>(result.max_rss_kib) / 1024,
                first > 0 ? result.per_forward(all) / first : 0, result.worker.c_str());
  }
}

bool WriteJson(const Options& options, const std::vector<Result>& results) {
  nlohmann::json json{{"producers", options.producers}, {"consumers", options.consumers},
                      {"rate", options.rate},           {"packetSize", options.packet_size},
                      {"burst", options.burst},         {"suite", options.suite},
                      {"seconds", options.seconds},     {"results", nlohmann::json::array()}};
  for (const Result& result : results) {
    nlohmann::json one{{"worker", result.worker}};
    if (!result.error.empty()) {
      one["error"] = result.error;
    } else {
      one.update({{"measuredSeconds", result.seconds},
                  {"packetsIn", result.packets_in},
                  {"forwards", result.forwards},
                  {"delivered", static_cast<double>(result.forwards) / result.expected(options)},
                  {"userUsPerForward", result.per_forward(result.user_us)},
                  {"systemUsPerForward", result.per_forward(result.system_us)},
                  {"usPerForward", result.per_forward(result.user_us + result.system_us)},
                  {"maxRssKib", result.max_rss_kib}});
    }
    json["results"].push_back(std::move(one));
  }
  if (options.json == "-") {
    std::cout << json.dump(2) << std::endl;
    return true;
  }
  std::ofstream file(options.json);
  file << json.dump(2) << '\n';
  return file.good();
}

}  // namespace sluice::bench
