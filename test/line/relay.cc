#include "test/line/relay.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <span>

namespace sluice::line {
namespace {

// While nothing is under way.
constexpr TimeDelta kIdle = TimeDelta::Seconds(1);

int64_t MonotonicUs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

timespec SpecOf(TimeDelta time) { return {.tv_sec = time.us() / 1'000'000, .tv_nsec = time.us() % 1'000'000 * 1000}; }

}  // namespace

Relay::Relay(Tun& here, Tun& there, uint64_t seed)
    : here_(here),
      there_(there),
      events_(clock_),
      up_(events_, seed),
      down_(events_, seed + 1),
      offset_us_(clock_.now().us() - MonotonicUs()) {}

Timestamp Relay::Now() const { return std::max(clock_.now(), Timestamp::Micros(MonotonicUs() + offset_us_)); }

void Relay::Take(Tun& from, sim::Link& link, Tun& to) {
  while (const auto size = from.Read(buffer_)) {
    const auto packet = std::span(buffer_).first(*size);
    link.Send({packet.begin(), packet.end()}, [&to](const sim::Datagram& arrived) { to.Write(arrived); });
  }
}

bool Relay::ReadLines(int input, const std::function<void(const std::string&)>& on_line) {
  const ssize_t size = read(input, buffer_.data(), buffer_.size());
  if (size <= 0) return false;
  text_.append(buffer_.begin(), buffer_.begin() + size);
  for (size_t end; (end = text_.find('\n')) != std::string::npos; text_.erase(0, end + 1))
    on_line(text_.substr(0, end));
  return true;
}

void Relay::Run(int input, const std::function<void(const std::string&)>& on_line) {
  for (;;) {
    std::array files = {pollfd{.fd = here_.fd(), .events = POLLIN, .revents = 0},
                        pollfd{.fd = there_.fd(), .events = POLLIN, .revents = 0},
                        pollfd{.fd = input, .events = POLLIN, .revents = 0}};
    const timespec wait = SpecOf(std::clamp(events_.next() - Now(), TimeDelta::Zero(), kIdle));
    ppoll(files.data(), files.size(), &wait, nullptr);
    events_.RunUntil(Now());
    Take(here_, up_, there_);
    Take(there_, down_, here_);
    if (files[2].revents != 0 && !ReadLines(input, on_line)) return;
  }
}

}  // namespace sluice::line
