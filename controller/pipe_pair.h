// Two routers' pipe transports, connected with each other. Kept by both routers until one of the transports closes. Not
// for users of the library.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "controller/pipe_to_router.h"
#include "controller/pipe_transport.h"
#include "controller/status.h"

namespace sluice::controller {

class PipePair : public std::enable_shared_from_this<PipePair> {
 public:
  // The one that there is, or a new one. `ready` is called once, now or later; then Of() is there if the status is good.
  static std::shared_ptr<PipePair> Between(const std::shared_ptr<Router>& local, const PipeToRouterOptions& options);
  void WhenReady(DoneCallback ready);

  // Brings one producer through. The pair must be ready.
  void Pipe(const std::shared_ptr<Router>& local, const std::shared_ptr<Producer>& producer, bool keep_id,
            Callback<PipedProducer> done);
  void Pipe(const std::shared_ptr<Router>& local, const std::shared_ptr<DataProducer>& producer, bool keep_id,
            Callback<PipedProducer> done);

 private:
  struct End {
    std::string router_id;
    std::weak_ptr<Router> router;
    std::shared_ptr<PipeTransport> transport;
  };
  enum class State : uint8_t { kConnecting, kReady, kClosed };

  void Create(const PipeToRouterOptions& options);
  void OnCreated(size_t end, absl::StatusOr<std::shared_ptr<PipeTransport>> transport);
  void Connect();
  void OnConnected(const absl::Status& status);
  void Finish(const absl::Status& status);
  void Dissolve();
  size_t EndOf(const Router& router) const;

  // Once both ends of the way of one producer are there.
  template <class PipeConsumer, class PipeProducer, class Source>
  static absl::Status Link(const std::shared_ptr<PipeConsumer>& consumer, const std::shared_ptr<PipeProducer>& producer,
                           const Source& source);
  static void LinkPauses(const std::shared_ptr<Consumer>& consumer, const std::shared_ptr<Producer>& producer,
                         const Producer& source);

  std::array<End, 2> ends_;
  State state_ = State::kConnecting;
  absl::Status status_;
  int pending_ = 0;  // answers
  std::vector<DoneCallback> waiting_;
};

}  // namespace sluice::controller
