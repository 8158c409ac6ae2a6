// line-relay NAME --there PID: a line between two TUN devices called NAME, here and in the network namespace of process PID.
// Who started it gives them addresses after it said "ready". A line of its input is a JSON object that sets one direction
// anew, {"direction": "down", "rate_kbps": 1000, "queue_ms": 300, "delay_ms": 25, "jitter_ms": 0, "loss": 0.01}, what is
// left out being none; an empty one, {}, asks what happened so far. It ends with its input.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "test/line/relay.h"
#include "test/line/tun.h"

namespace sluice::line {
namespace {

using nlohmann::json;

sim::LinkConfig ConfigOf(const json& wanted) {
  sim::LinkConfig config{.delay = TimeDelta::Millis(wanted.value("delay_ms", 0)),
                         .jitter = TimeDelta::Millis(wanted.value("jitter_ms", 0)),
                         .loss = wanted.value("loss", 0.0)};
  if (const int kbps = wanted.value("rate_kbps", 0); kbps > 0) {
    config.rate = DataRate::KilobitsPerSec(kbps);
    config.queue_limit = config.rate * TimeDelta::Millis(wanted.value("queue_ms", 300));
  }
  return config;
}

json StatsOf(const sim::Link& link) {
  const sim::LinkStats& stats = link.stats();
  return {{"sent", stats.sent}, {"delivered", stats.delivered}, {"lost", stats.lost}, {"overflowed", stats.overflowed}};
}

void Run(const std::string& name, pid_t there, uint64_t seed) {
  Tun here_device(name);
  Tun there_device(name, there);
  Relay relay(here_device, there_device, seed);
  std::cout << "ready" << std::endl;
  relay.Run(STDIN_FILENO, [&relay](const std::string& line) {
    const json wanted = json::parse(line);
    if (wanted.empty()) {
      std::cout << json{{"up", StatsOf(relay.up())}, {"down", StatsOf(relay.down())}}.dump() << std::endl;
      return;
    }
    (wanted.at("direction") == "up" ? relay.up() : relay.down()).Configure(ConfigOf(wanted));
  });
}

}  // namespace
}  // namespace sluice::line

int main(int argc, char** argv) {
  CLI::App app("A line of chosen rate, delay and loss between two network namespaces", "line-relay");
  std::string name;
  int there = 0;
  uint64_t seed = 1;
  app.add_option("name", name, "Of both devices")->required();
  app.add_option("--there", there, "A process in the other network namespace")->required();
  app.add_option("--seed", seed, "Of what is lost and delayed");
  CLI11_PARSE(app, argc, argv);
  try {
    sluice::line::Run(name, there, seed);
  } catch (const std::exception& error) {
    std::cerr << "line-relay: " << error.what() << std::endl;
    return 1;
  }
  return 0;
}
