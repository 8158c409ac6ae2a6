// What a scenario needs to be read from top to bottom although the controller library calls back: calls that run the loop
// until their answer is there, the lists of what came of it and of the events, and a UDP socket.
#pragma once

#include <uv.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/status.h"
#include "test/interop/same_scenario/packets.h"

namespace sluice::scenario {

[[noreturn]] inline void GiveUp(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

template <class T>
T Valid(absl::StatusOr<T> value) {
  if (!value.ok()) GiveUp(value.status().ToString());
  return *std::move(value);
}

inline std::string Text(std::string_view text) { return std::string(text); }

class Steps {
 public:
  Steps(uv_loop_t* loop, nlohmann::json given) : loop_(loop), given_(std::move(given)) {}

  uv_loop_t* loop() { return loop_; }
  const nlohmann::json& given() const { return given_; }  // scenario.json

  // Runs the loop until `condition()`. Whoever started the program bounds its time.
  template <class Condition>
  void Until(Condition condition) {
    while (!condition()) {
      if (uv_run(loop_, UV_RUN_ONCE) == 0 && !condition()) GiveUp("nothing is left to wait for");
    }
  }

  // Runs the loop for so long.
  void Wait(uint64_t ms) {
    bool over = false;
    uv_timer_t timer;
    uv_timer_init(loop_, &timer);
    timer.data = &over;
    const auto close = [](uv_timer_t* t) {
      uv_close(reinterpret_cast<uv_handle_t*>(t),
               [](uv_handle_t* handle) { *static_cast<bool*>(handle->data) = true; });
    };
    uv_timer_start(&timer, close, ms, 0);
    Until([&over] { return over; });
  }

  // `start` gets the callback of a call of the library.
  template <class T, class Start>
  absl::StatusOr<T> Try(Start start) {
    std::optional<absl::StatusOr<T>> answer;
    start([&answer](absl::StatusOr<T> value) { answer = std::move(value); });
    Until([&answer] { return answer.has_value(); });
    return *std::move(answer);
  }
  template <class T, class Start>
  T Get(Start start) {
    return Valid(Try<T>(std::move(start)));
  }
  template <class Start>
  absl::Status TryDo(Start start) {
    std::optional<absl::Status> answer;
    start([&answer](absl::Status status) { answer = std::move(status); });
    Until([&answer] { return answer.has_value(); });
    return *std::move(answer);
  }
  template <class Start>
  void Do(Start start) {
    const absl::Status status = TryDo(std::move(start));
    if (!status.ok()) GiveUp(status.ToString());
  }

  void Note(std::string name, nlohmann::json value) {
    notes_.push_back(nlohmann::json::array({std::move(name), std::move(value)}));
  }
  const nlohmann::json& notes() const { return notes_; }

  void Event(nlohmann::json event) { events_.push_back(std::move(event)); }
  void UntilEvent(const nlohmann::json& event) {
    Until([&] { return std::find(events_.begin(), events_.end(), event) != events_.end(); });
  }
  const nlohmann::json& events() const { return events_; }
  // Notes the events so far, in their order, and begins anew.
  void NoteEvents(std::string name) { Note(std::move(name), std::exchange(events_, nlohmann::json::array())); }

 private:
  uv_loop_t* loop_;
  nlohmann::json given_;
  nlohmann::json notes_ = nlohmann::json::array();
  nlohmann::json events_ = nlohmann::json::array();
};

// Bound to loopback; reads whatever comes while the loop runs.
class UdpSocket {
 public:
  explicit UdpSocket(uv_loop_t* loop);
  void Send(const Packet& packet, uint16_t port);
  void Close();
  uint16_t port() const { return port_; }
  const std::vector<Packet>& received() const { return received_; }

 private:
  uv_udp_t handle_;
  uint16_t port_ = 0;
  std::vector<uint8_t> buffer_;
  std::vector<Packet> received_;
};

}  // namespace sluice::scenario
