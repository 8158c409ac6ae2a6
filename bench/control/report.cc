#include "bench/control/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace sluice::bench {
namespace {

constexpr double Line::*kFigures[] = {&Line::per_second, &Line::p50_us, &Line::p99_us, &Line::max_us, &Line::cpu_us};

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

ControlResult Median(const std::vector<ControlResult>& rounds) {
  ControlResult out = rounds.front();
  for (const ControlResult& round : rounds) {
    if (!round.error.empty()) return round;
    out.max_rss_kib = std::max(out.max_rss_kib, round.max_rss_kib);
  }
  for (size_t i = 0; i < out.lines.size(); ++i) {
    for (double Line::*figure : kFigures) {
      std::vector<double> values;
      for (const ControlResult& round : rounds) values.push_back(round.lines[i].*figure);
      out.lines[i].*figure = MedianOf(std::move(values));
    }
  }
  return out;
}

void PrintControlTable(const ControlOptions& options, const std::vector<ControlResult>& results) {
  std::printf("%d of each, over %d transports; pipelined: %d requests under way; medians of %d round(s)\n",
              options.count, options.transports, options.window, options.rounds);
  std::printf("ratio: requests per second and CPU time against the first worker's\n");
  const ControlResult& first = results.front();
  for (const ControlResult& result : results) {
    std::printf("\n%s\n", result.worker.c_str());
    if (!result.error.empty()) {
      std::printf("  failed: %s\n", result.error.c_str());
      continue;
    }
    std::printf("  %-22s %-10s %11s %6s %9s %9s %10s %8s %6s\n", "", "", "requests/s", "ratio", "p50 us", "p99 us",
                "max us", "CPU us", "ratio");
    for (size_t i = 0; i < result.lines.size(); ++i) {
      const Line& line = result.lines[i];
      const Line& other = first.error.empty() ? first.lines[i] : line;
      std::printf("  %-22s %-10s %11.0f %6.2f %9.1f %9.1f %10.1f %8.2f %6.2f\n", line.step.c_str(),
                  line.pipelined ? "pipelined" : "one by one", line.per_second, line.per_second / other.per_second,
                  line.p50_us, line.p99_us, line.max_us, line.cpu_us,
                  other.cpu_us > 0 ? line.cpu_us / other.cpu_us : 0);
    }
    std::printf("  at most %.1f MiB resident\n", static_cast<double>(result.max_rss_kib) / 1024);
  }
}

bool WriteControlJson(const ControlOptions& options, const std::vector<ControlResult>& results) {
  nlohmann::json json{{"count", options.count},
                      {"transports", options.transports},
                      {"window", options.window},
                      {"rounds", options.rounds},
                      {"results", nlohmann::json::array()}};
  for (const ControlResult& result : results) {
    nlohmann::json one{{"worker", result.worker}};
    if (!result.error.empty()) {
      one["error"] = result.error;
    } else {
      one["maxRssKib"] = result.max_rss_kib;
      for (const Line& line : result.lines) {
        one["steps"].push_back({{"step", line.step},
                                {"pipelined", line.pipelined},
                                {"requestsPerSecond", line.per_second},
                                {"p50Us", line.p50_us},
                                {"p99Us", line.p99_us},
                                {"maxUs", line.max_us},
                                {"cpuUsPerRequest", line.cpu_us}});
      }
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
