// bwe [--case NAME] [--source adaptive|simulcast] [--seed FIRST] [--seeds N] [--json FILE] [--quiet] [--trace]: runs the cases and prints what they reach; a figure beyond its
// bound is marked. Exit code 1 if there is one. --json writes figures and the first seed's plots' data; --trace prints
// every 100 ms.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "test/bwe/cases.h"

namespace sluice::bwe {
namespace {

struct Options {
  std::string only;
  std::string source;
  int first_seed = 1;
  int seeds = 1;
  std::string json;
  bool quiet = false;
  bool trace = false;
};

nlohmann::json SeriesOf(const Record& record) {
  nlohmann::json sent, arrived, target, queue, lost;
  constexpr size_t kGroup = 5;
  for (size_t i = 0; i + kGroup <= record.bins.size(); i += kGroup) {
    int64_t sent_bytes = 0, arrived_bytes = 0, target_kbps = 0, queue_us = 0, losses = 0;
    for (size_t j = i; j < i + kGroup; ++j) {
      const Record::Bin& bin = record.bins[j];
      sent_bytes += bin.sent;
      arrived_bytes += bin.arrived;
      target_kbps += bin.target_kbps;
      queue_us = std::max(queue_us, bin.queue_max_us);
      losses += bin.lost;
    }
    constexpr int64_t kMs = kGroup * 100;
    sent.push_back(sent_bytes * 8 / kMs);
    arrived.push_back(arrived_bytes * 8 / kMs);
    target.push_back(target_kbps / static_cast<int64_t>(kGroup));
    queue.push_back(queue_us / 1000);
    lost.push_back(losses);
  }
  return {{"name", record.name}, {"step_s", 0.5},  {"sent", sent}, {"arrived", arrived},
          {"target", target},    {"queue", queue}, {"lost", lost}};
}

nlohmann::json ToJson(const Outcome& outcome) {
  nlohmann::json json{{"length_s", outcome.world->length_s()}};
  for (const auto& flow : outcome.world->media()) json["media"].push_back(SeriesOf(flow->record()));
  for (const auto& flow : outcome.world->tcp()) json["tcp"].push_back(SeriesOf(flow->record()));
  for (const World::Step& step : outcome.world->steps()) json["line"].push_back({step.at_s, step.kbps});
  return json;
}

void PrintTrace(const World& world) {
  for (const auto& flow : world.media()) {
    const auto& bins = flow->record().bins;
    for (size_t i = 0; i < bins.size(); ++i) {
      const Record::Bin& bin = bins[i];
      std::printf(
          "%s %6.1f s target %6lld sent %6lld arrived %6lld kbit/s queue %5.1f ms lost %d held %lld ms; believed: "
          "queue %5.1f of %5.1f ms capacity %lld, %u probes%s%s\n",
          flow->record().name.c_str(), static_cast<double>(i) / 10, static_cast<long long>(bin.target_kbps),
          static_cast<long long>(bin.sent * 8 / 100), static_cast<long long>(bin.arrived * 8 / 100),
          static_cast<double>(bin.queue_max_us) / 1000, bin.lost, static_cast<long long>(bin.hold_us / 1000),
          static_cast<double>(bin.delay_us) / 1000, static_cast<double>(bin.tolerable_us) / 1000,
          static_cast<long long>(bin.capacity_kbps), bin.probes, bin.by_loss ? " limited by loss" : "",
          bin.competing ? " competing" : "");
    }
  }
}

// The worst of the seeds, by the bound that is nearest.
double Margin(const Figure& figure) {
  const double below = figure.min ? figure.value / std::max(1e-9, *figure.min) - 1 : INFINITY;
  const double above = figure.max ? 1 - figure.value / std::max(1e-9, *figure.max) : INFINITY;
  return std::min(below, above);
}

void KeepWorst(Figure& worst, const Figure& figure) {
  const bool unbounded = !figure.min && !figure.max;
  if (unbounded ? figure.value > worst.value : Margin(figure) < Margin(worst)) worst = figure;
}

int Run(const Options& options) {
  nlohmann::json all = nlohmann::json::array();
  int bad = 0;
  for (const Case& one : Cases()) {
    if (!options.only.empty() && options.only != one.name) continue;
    for (const SourceKind kind : one.kinds) {
      if (!options.source.empty() && options.source != NameOf(kind)) continue;
      std::vector<Figure> worst;
      nlohmann::json json{{"name", one.name}, {"title", one.title}, {"source", NameOf(kind)}};
      for (int seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
        const Outcome outcome = one.run(kind, static_cast<uint64_t>(seed));
        if (options.trace) PrintTrace(*outcome.world);
        if (seed == options.first_seed) {
          worst = outcome.figures;
          if (!options.json.empty()) json["run"] = ToJson(outcome);
        }
        for (size_t i = 0; i < worst.size(); ++i) KeepWorst(worst[i], outcome.figures[i]);
      }
      if (!options.quiet) std::printf("%s (%s)\n", one.name.c_str(), NameOf(kind).c_str());
      for (const Figure& figure : worst) {
        bad += !figure.good();
        if (!options.quiet || !figure.good()) {
          std::printf("%s  %-44s %9.2f %s", figure.good() ? "   " : "BAD", figure.name.c_str(), figure.value,
                      figure.unit.c_str());
          if (figure.min) std::printf("  >= %.2f", *figure.min);
          if (figure.max) std::printf("  <= %.2f", *figure.max);
          if (figure.goal) std::printf("  goal %.2f%s", *figure.goal, figure.reached() ? "" : " not reached");
          std::printf(options.quiet ? "  (%s, %s)\n" : "\n", one.name.c_str(), NameOf(kind).c_str());
        }
        nlohmann::json entry{
            {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}, {"good", figure.good()}};
        if (figure.goal) {
          entry["goal"] = *figure.goal;
          entry["reached"] = figure.reached();
        }
        if (figure.min) entry["min"] = *figure.min;
        if (figure.max) entry["max"] = *figure.max;
        json["figures"].push_back(entry);
      }
      all.push_back(json);
    }
  }
  if (!options.json.empty()) std::ofstream(options.json) << nlohmann::json{{"seeds", options.seeds}, {"cases", all}};
  std::printf("%d figures beyond their bounds\n", bad);
  return bad == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sluice::bwe

int main(int argc, char** argv) {
  sluice::bwe::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--case" && has_value) {
      options.only = argv[++i];
    } else if (argument == "--seeds" && has_value) {
      options.seeds = std::max(1, std::atoi(argv[++i]));
    } else if (argument == "--source" && has_value) {
      options.source = argv[++i];
    } else if (argument == "--seed" && has_value) {
      options.first_seed = std::max(1, std::atoi(argv[++i]));
    } else if (argument == "--json" && has_value) {
      options.json = argv[++i];
    } else if (argument == "--quiet") {
      options.quiet = true;
    } else if (argument == "--trace") {
      options.trace = true;
    } else {
      std::cerr << "bwe [--case NAME] [--source adaptive|simulcast] [--seed FIRST] [--seeds N] [--json FILE] [--quiet] "
                   "[--trace]\n";
      return 2;
    }
  }
  return sluice::bwe::Run(options);
}
