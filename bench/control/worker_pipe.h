// A worker process and the pipe to it, without a loop: requests are written and answers read as fast as this thread
// can, so that what is measured is the worker. Ends the process when destroyed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "channel/frame_assembler.h"
#include "fbs/message_generated.h"

namespace sluice::bench {

class WorkerPipe {
 public:
  // Called for every answer; the reason is empty when it was accepted.
  using OnAnswer = std::function<void(uint32_t id, const std::string& reason)>;

  explicit WorkerPipe(const std::string& binary);
  ~WorkerPipe();
  WorkerPipe(const WorkerPipe&) = delete;
  WorkerPipe& operator=(const WorkerPipe&) = delete;

  // Not empty once the process could not be spawned, or ended.
  const std::string& error() const { return error_; }

  // Queues `b`, which holds the body, as a request, and clears it.
  void Send(uint32_t id, flatbuffers::FlatBufferBuilder& b, fbs::request::Method method, const std::string& handler_id,
            fbs::request::Body type, flatbuffers::Offset<void> body);
  // Waits until something can be written or read, and does so. False when the worker is gone or silent for long.
  bool Turn(const OnAnswer& on_answer);
  bool all_written() const { return out_.empty(); }

  // CPU time in ns of the process so far, user and system, from /proc.
  uint64_t CpuTimeNs() const;
  uint64_t MaxRssKib() const;

 private:
  static constexpr int kSilenceMs = 60'000;

  bool Write();
  bool Read(const OnAnswer& on_answer);

  pid_t pid_ = -1;
  int in_ = -1;
  int out_fd_ = -1;
  std::string error_;
  std::vector<uint8_t> out_;
  std::vector<uint8_t> buffer_;
  FrameAssembler assembler_;
};

}  // namespace sluice::bench
