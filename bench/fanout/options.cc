#include "bench/fanout/options.h"

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

std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code) {
  Options options;
  CLI::App app{
      "Measures the CPU time that a worker takes to forward an RTP packet: P producers send over plain transports on "
      "loopback, each of C receiving transports consumes all of them. The packets are made and read in this process. "
      "The floor, a raw loop that receives, decrypts, encrypts and sends and does nothing else, is measured beside."};
  app.add_option("--worker", options.workers,
                 "Program that speaks the worker's pipe protocol; may be given several times, to compare "
                 "(default: sluice-worker beside this program)");
  app.add_option("--producers", options.producers, "Producers")->check(CLI::Range(1, 200))->capture_default_str();
  app.add_option("--consumers", options.consumers, "Receiving transports")
      ->check(CLI::Range(1, 4000))
      ->capture_default_str();
  app.add_option("--rate", options.rate, "Packets per second of each producer")
      ->check(CLI::Range(1, 20000))
      ->capture_default_str();
  app.add_option("--size", options.packet_size, "Bytes of an RTP packet, header included, before protection")
      ->check(CLI::Range(64, 1400))
      ->capture_default_str();
  app.add_option("--burst", options.burst, "Packets that leave together, as of one frame")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "Measured time of a round")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "So many times, all in turn; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--suite", options.suite, "SRTP protection profile, or none")
      ->check(CLI::IsMember(
          {"AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "none"}))
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
