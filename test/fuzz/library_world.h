// The controller library with one object of every kind, all their handlers set and every call pending whose answer it
// reads; in place of the worker there is whoever writes frames to it. No process: what only Worker reads is not here.
//
// The library must end every call exactly once, whatever comes, and must keep nothing on the loop when it is over:
// the destructor checks it.
#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "channel/frame_assembler.h"
#include "controller/connection.h"
#include "controller/router.h"
#include "controller/webrtc_server.h"
#include "test/support/control/node.h"

namespace sluice::control {

// Names of the bodies that answer a request of this method: several for what transports of all kinds are asked, none
// where being accepted is the answer.
std::vector<std::string> AnswersTo(const std::string& method);

class LibraryWorld {
 public:
  explicit LibraryWorld(const Schema& schema);
  ~LibraryWorld();
  LibraryWorld(const LibraryWorld&) = delete;
  LibraryWorld& operator=(const LibraryWorld&) = delete;

  // Bytes from the worker; what they lead to has happened when this returns.
  void Receive(std::span<const uint8_t> bytes);

  struct Request {
    uint32_t id;
    std::string method;
  };
  const std::vector<Request>& pending() const { return requests_; }    // in order
  const std::vector<std::string>& object_ids() const { return ids_; }  // of what notifications may be for

 private:
  template <class T>
  std::shared_ptr<T> Make(const std::shared_ptr<T>& made);
  void MakeObjects();
  void SetHandlers();
  void AskEverything();
  void AskTransports();
  void Answer();   // the requests that wait: accepted, with a body in which everything is there
  void Settle();   // runs the loop until nothing is left to do at once
  void Collect();  // takes the requests that the library has written

  template <class T>
  controller::Callback<T> Value() {
    ++calls_;
    return [this](absl::StatusOr<T>) { ++ended_; };
  }
  controller::DoneCallback Outcome() {
    ++calls_;
    return [this](const absl::Status&) { ++ended_; };
  }

  const Schema& schema_;
  uv_loop_t loop_;
  int to_library_ = -1;
  int from_library_ = -1;
  FrameAssembler assembler_;
  std::vector<Request> requests_;
  std::vector<std::string> ids_;
  uint64_t calls_ = 0;
  uint64_t ended_ = 0;
  std::shared_ptr<controller::Connection> connection_;
  std::shared_ptr<controller::Router> router_;
  std::shared_ptr<controller::Router> other_router_;
  std::shared_ptr<controller::WebRtcServer> server_;
  std::shared_ptr<controller::WebRtcTransport> webrtc_;
  std::shared_ptr<controller::PlainTransport> plain_;
  std::shared_ptr<controller::PipeTransport> pipe_;
  std::shared_ptr<controller::DirectTransport> direct_;
  std::shared_ptr<controller::Producer> producer_;
  std::shared_ptr<controller::Consumer> consumer_;
  std::shared_ptr<controller::DataProducer> data_producer_;
  std::shared_ptr<controller::DataConsumer> data_consumer_;
  std::shared_ptr<controller::AudioLevelObserver> levels_;
  std::shared_ptr<controller::ActiveSpeakerObserver> speaker_;
};

}  // namespace sluice::control
