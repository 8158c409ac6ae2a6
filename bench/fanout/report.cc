#include "bench/fanout/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

namespace sluice::bench {
namespace {

struct Spread {
  double least = 0;
  double median = 0;
  double most = 0;
};

Spread SpreadOf(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t half = values.size() / 2;
  const double median = values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {.least = values.front(), .median = median, .most = values.back()};
}

Spread Over(const Series& series, const std::function<double(const Result&)>& value) {
  std::vector<double> values;
  for (const Result& round : series.rounds) values.push_back(value(round));
  return SpreadOf(std::move(values));
}

double UsAll(const Result& result) { return result.per_forward(result.user_us + result.system_us); }

// Round by round, so that a machine that slows down counts for both.
Spread RatioOf(const Series& series, const Series& to) {
  std::vector<double> ratios;
  for (size_t i = 0; i < series.rounds.size(); ++i) {
    const double base = UsAll(to.rounds[i]);
    ratios.push_back(base > 0 ? UsAll(series.rounds[i]) / base : 0);
  }
  return SpreadOf(std::move(ratios));
}

const Result* FailureOf(const Series& series) {
  const auto failed = std::ranges::find_if(series.rounds, [](const Result& round) { return !round.error.empty(); });
  return failed == series.rounds.end() ? nullptr : &*failed;
}

void PrintRatio(const Series& series, const Series* to) {
  if (!to || FailureOf(*to)) return void(std::printf(" %18s", "-"));
  const Spread ratio = RatioOf(series, *to);
  std::printf("  %5.2f (%.2f-%.2f)", ratio.median, ratio.least, ratio.most);
}

nlohmann::json ToJson(const Spread& spread) {
  return {{"least", spread.least}, {"median", spread.median}, {"most", spread.most}};
}

nlohmann::json ToJson(const Options& options, const Series& series, const Series& floor) {
  nlohmann::json json{{"worker", series.worker}};
  if (const Result* failed = FailureOf(series)) {
    json["error"] = failed->error;
    return json;
  }
  json["rounds"] = nlohmann::json::array();
  for (const Result& round : series.rounds) {
    json["rounds"].push_back({{"measuredSeconds", round.seconds},
                              {"packetsIn", round.packets_in},
                              {"forwards", round.forwards},
                              {"delivered", static_cast<double>(round.forwards) / round.expected(options)},
                              {"userUsPerForward", round.per_forward(round.user_us)},
                              {"systemUsPerForward", round.per_forward(round.system_us)},
                              {"usPerForward", UsAll(round)},
                              {"maxRssKib", round.max_rss_kib}});
  }
  json["usPerForward"] = ToJson(Over(series, UsAll));
  if (!FailureOf(floor)) json["ratioToFloor"] = ToJson(RatioOf(series, floor));
  return json;
}

}  // namespace

void PrintTable(const Options& options, const std::vector<Series>& all) {
  std::printf("%d producer(s) x %d consumers, %d packets/s of %d bytes each in bursts of %d, %s, %d x %d s\n\n",
              options.producers, options.consumers, options.rate, options.packet_size, options.burst,
              options.suite.c_str(), options.rounds, options.seconds);
  std::printf("%10s %9s %9s %9s %7s %8s  %17s %18s  %s\n", "delivered", "us user", "us system", "us all", "CPU",
              "RSS MiB", "x floor", "x first worker", "of");
  for (const Series& series : all) {
    if (const Result* failed = FailureOf(series)) {
      std::printf("failed: %s  %s\n", failed->error.c_str(), series.worker.c_str());
      continue;
    }
    const auto median = [&](const std::function<double(const Result&)>& value) { return Over(series, value).median; };
    std::printf("%9.2f%% %9.2f %9.2f %9.2f %6.1f%% %8.1f",
                100 * median([&](const Result& r) { return static_cast<double>(r.forwards) / r.expected(options); }),
                median([](const Result& r) { return r.per_forward(r.user_us); }),
                median([](const Result& r) { return r.per_forward(r.system_us); }), median(UsAll),
                median([](const Result& r) { return (r.user_us + r.system_us) / r.seconds / 1e4; }),
                median([](const Result& r) { return static_cast<double>(r.max_rss_kib) / 1024; }));
    PrintRatio(series, &all[0]);
    PrintRatio(series, all.size() > 1 && &series != &all[0] ? &all[1] : nullptr);
    std::printf("  %s\n", series.worker.c_str());
  }
}

bool WriteJson(const Options& options, const std::vector<Series>& all) {
  nlohmann::json json{{"producers", options.producers}, {"consumers", options.consumers},
                      {"rate", options.rate},           {"packetSize", options.packet_size},
                      {"burst", options.burst},         {"suite", options.suite},
                      {"seconds", options.seconds},     {"results", nlohmann::json::array()}};
  for (const Series& series : all) json["results"].push_back(ToJson(options, series, all[0]));
  if (options.json == "-") {
    std::cout << json.dump(2) << std::endl;
    return true;
  }
  std::ofstream file(options.json);
  file << json.dump(2) << '\n';
  return file.good();
}

}  // namespace sluice::bench
