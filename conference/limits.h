// What one connection and one server may cost. The values are those of docs/signalling.md; tests make them smaller.
#pragma once

#include <chrono>
#include <cstddef>

namespace sluice::conference {

struct Limits {
  // One connection.
  size_t message_bytes = 2 * 1024 * 1024;  // one message of a page, all its frames together
  // Three for each other participant of a full room when joining, and one more when the window changes its size.
  double messages_per_second = 100;
  double message_burst = 500;
  size_t send_queue_bytes = 4 * 1024 * 1024;
  size_t send_queue_messages = 4096;
  std::chrono::milliseconds join_timeout{10'000};   // from connecting
  std::chrono::milliseconds ping_interval{10'000};  // a connection that says nothing at all to ...
  int missed_pings = 2;                             // ... so many pings in a row is given up

  // The server.
  size_t connections = 4096;
  size_t rooms = 1000;
  size_t peers_per_room = 100;
  std::chrono::milliseconds worker_wait{5'000};  // how long a join waits for a worker
  size_t waiting_rooms = 1000;                   // that wait for a worker at one time
};

}  // namespace sluice::conference
