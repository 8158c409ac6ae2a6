// Router::PipeToRouter: a producer of one router that is to be consumed in another one, too, of the same worker (another
// part of the room on the same core), or of another worker (another core). Both workers must be on one loop.
//
// The two routers are connected by a pair of pipe transports that is made by the first call, in whichever direction, and
// used by all later ones; when one of the two closes, so does the other, and the next call makes a new pair. `listen_info`,
// `sctp` and the enable_ options count for the call that makes it.
//
// The result: a consumer on this router's pipe transport and a producer on the other's. They are closed when the original
// closes, and when one of them is (`on.closed` with kPipeClosed). The pipe producer is paused while the original is. The
// pipe data producer is not: while the original is paused nothing comes, but those behind the pipe are not told.
#pragma once

#include <memory>
#include <string>

#include "controller/listen_info.h"
#include "controller/sctp_parameters.h"

namespace sluice::controller {

class Consumer;
class DataConsumer;
class DataProducer;
class Producer;
class Router;

struct PipeToRouterOptions {
  std::string producer_id;       // either this
  std::string data_producer_id;  // or that
  std::shared_ptr<Router> router;
  // The other router's producer has the same id. Ids are unique in a worker: not between routers of one.
  bool keep_id = true;
  ListenInfo listen_info{.ip = "127.0.0.1"};
  SctpOptions sctp{.enable = true};
  bool enable_rtx = false;
  bool enable_srtp = false;
};

struct PipedProducer {
  std::shared_ptr<Consumer> pipe_consumer;
  std::shared_ptr<Producer> pipe_producer;
  // For a data producer:
  std::shared_ptr<DataConsumer> pipe_data_consumer;
  std::shared_ptr<DataProducer> pipe_data_producer;
};

}  // namespace sluice::controller
