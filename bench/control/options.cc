#include "bench/control/options.h"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace sluice::bench {
namespace {

std::string DefaultWorker() {
  std::error_code error;
  auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  return (own.parent_path() / "sluice-worker").string();
}

}  // namespace

std::optional<ControlOptions> ParseControlOptions(int argc, char** argv, int& exit_code) {
  const std::vector<std::string> kinds{"consumers", "producers", "transports", "dataconsumers"};
  ControlOptions options{.kinds = kinds};
  CLI::App app{
      "Measures a worker's control: how many requests per second it answers, how long each waits, and what CPU time it "
      "takes, when consumers, producers, WebRTC transports and data consumers are created and then closed, one at a "
      "time and many at once. No media flows."};
  app.add_option("--worker", options.workers,
                 "Program that speaks the worker's pipe protocol; may be given several times, to compare: they take "
                 "turns (default: sluice-worker beside this program)");
  app.add_option("--kind", options.kinds, "What is created and closed; may be given several times (default: all)")
      ->check(CLI::IsMember(kinds));
  app.add_option("--count", options.count, "How many of each")->check(CLI::Range(1, 50'000))->capture_default_str();
  app.add_option("--transports", options.transports, "Transports that they are spread over")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--window", options.window, "Requests under way at once, when pipelined")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Times that each worker is measured; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--json", options.json, "Write the results as JSON to this file; - writes them instead of the table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  if (options.workers.empty()) options.workers.push_back(DefaultWorker());
  return options;
}

}  // namespace sluice::bench
