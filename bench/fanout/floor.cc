#include "bench/fanout/floor.h"

#include <openssl/rand.h>
#include <uv.h>

#include <chrono>
#include <thread>
#include <tuple>
#include <utility>

#include "bench/fanout/sinks.h"
#include "bench/fanout/source.h"
#include "bench/floor/floor_loop.h"

namespace sluice::bench {
namespace {

constexpr std::chrono::seconds kWarmUp{1};
constexpr std::chrono::milliseconds kStep{50};
constexpr int kPatience = 400;  // steps

std::string RandomKey(const Options& options) {
  if (!options.srtp()) return "";
  std::string key(SrtpSuiteInfoOf(*options.srtp()).keying_size(), '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size()));
  return key;
}

std::vector<Endpoint> Endpoints(const Options& options, int count, const UdpSocket& floor) {
  std::vector<Endpoint> ends(static_cast<size_t>(count));
  for (Endpoint& end : ends) {
    end.socket.Connect(floor.port());
    end.our_key = RandomKey(options);
    end.worker_key = RandomKey(options);
  }
  return ends;
}

}  // namespace

Result RunFloor(const Options& options) {
  const UdpSocket socket;
  std::vector<Endpoint> senders = Endpoints(options, options.producers, socket);
  std::vector<Endpoint> receivers = Endpoints(options, options.consumers, socket);
  std::vector<FloorLoop::Peer> from, to;
  for (const Endpoint& end : senders) from.push_back({.port = end.socket.port(), .key = end.our_key});
  for (const Endpoint& end : receivers) to.push_back({.port = end.socket.port(), .key = end.worker_key});
  const FloorLoop loop(socket.fd(), options.srtp(), std::move(from), std::move(to));
  const Sinks sinks(options, receivers);
  const Source source(options, senders);

  Result result{.worker = "floor"};
  std::this_thread::sleep_for(kWarmUp);
  for (int i = 0; i < kPatience && sinks.receivers_served() < receivers.size(); ++i) std::this_thread::sleep_for(kStep);
  if (sinks.receivers_served() < receivers.size()) {
    result.error = "not all receivers got media";
    return result;
  }
  const auto take = [&] { return std::tuple(uv_hrtime(), source.packets_sent(), sinks.packets(), loop.usage()); };
  const auto [began, in, out, usage] = take();
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  const auto [ended, in_then, out_then, usage_then] = take();
  result.seconds = static_cast<double>(ended - began) * 1e-9;
  result.packets_in = in_then - in;
  result.forwards = out_then - out;
  result.user_us = usage_then.user_us - usage.user_us;
  result.system_us = usage_then.system_us - usage.system_us;
  return result;
}

}  // namespace sluice::bench
