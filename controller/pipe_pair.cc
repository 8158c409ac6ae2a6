#include "controller/pipe_pair.h"

#include <utility>

#include "controller/random.h"
#include "controller/router.h"

namespace sluice::controller {

std::shared_ptr<PipePair> PipePair::Between(const std::shared_ptr<Router>& local, const PipeToRouterOptions& options) {
  const std::shared_ptr<Router>& remote = options.router;
  if (auto it = local->pipe_pairs_.find(remote->id()); it != local->pipe_pairs_.end()) return it->second;
  auto pair = std::make_shared<PipePair>();
  pair->ends_[0] = {.router_id = local->id(), .router = local, .transport = nullptr};
  pair->ends_[1] = {.router_id = remote->id(), .router = remote, .transport = nullptr};
  local->pipe_pairs_[remote->id()] = pair;
  remote->pipe_pairs_[local->id()] = pair;
  pair->Create(options);
  return pair;
}

void PipePair::WhenReady(DoneCallback ready) {
  if (state_ == State::kConnecting) {
    waiting_.push_back(std::move(ready));
  } else {
    ready(status_);
  }
}

void PipePair::Create(const PipeToRouterOptions& options) {
  pending_ = 2;
  for (size_t end : {0, 1}) {
    ends_[end].router.lock()->CreatePipeTransport(
        {.listen_info = options.listen_info,
         .enable_rtx = options.enable_rtx,
         .enable_srtp = options.enable_srtp,
         .sctp = options.sctp},
        [self = shared_from_this(), end](auto transport) { self->OnCreated(end, std::move(transport)); });
  }
}

void PipePair::OnCreated(size_t end, absl::StatusOr<std::shared_ptr<PipeTransport>> transport) {
  if (transport.ok()) {
    ends_[end].transport = *std::move(transport);
  } else {
    status_.Update(transport.status());
  }
  if (--pending_ > 0) return;
  if (status_.ok()) {
    Connect();
  } else {
    Finish(status_);
  }
}

void PipePair::Connect() {
  pending_ = 2;
  for (size_t end : {0, 1}) {
    const PipeTransport& other = *ends_[1 - end].transport;
    ends_[end].transport->Connect({.ip = other.tuple().local_address,
                                   .port = other.tuple().local_port,
                                   .srtp_parameters = other.srtp_parameters()},
                                  [self = shared_from_this()](const absl::Status& s) { self->OnConnected(s); });
  }
}

void PipePair::OnConnected(const absl::Status& status) {
  status_.Update(status);
  if (--pending_ > 0) return;
  for (const End& end : ends_) {
    if (end.transport->closed()) status_.Update(absl::CancelledError("a pipe transport was closed meanwhile"));
  }
  Finish(status_);
}

void PipePair::Finish(const absl::Status& status) {
  if (status.ok()) {
    state_ = State::kReady;
    for (const End& end : ends_) {
      end.transport->when_closed_ = [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->Dissolve();
      };
    }
  } else {
    Dissolve();
  }
  // One of them may close the pipe before the next one gets it.
  for (DoneCallback& ready : std::exchange(waiting_, {})) ready(status_);
}

void PipePair::Dissolve() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  state_ = State::kClosed;
  status_.Update(absl::CancelledError("the pipe was closed meanwhile"));
  for (size_t end : {0, 1}) {
    if (auto router = ends_[end].router.lock()) router->pipe_pairs_.erase(ends_[1 - end].router_id);
  }
  for (End& end : ends_) {
    if (auto transport = std::exchange(end.transport, nullptr)) transport->CloseFor(CloseReason::kPipeClosed);
  }
}

size_t PipePair::EndOf(const Router& router) const { return router.id() == ends_[0].router_id ? 0 : 1; }

template <class PipeConsumer, class PipeProducer, class Source>
absl::Status PipePair::Link(const std::shared_ptr<PipeConsumer>& consumer,
                            const std::shared_ptr<PipeProducer>& producer, const Source& source) {
  if (source.closed() || consumer->closed() || producer->closed()) {
    consumer->Close();
    producer->Close();
    return absl::NotFoundError("the original producer was closed meanwhile");
  }
  consumer->when_closed_ = [weak = std::weak_ptr(producer)] {
    if (auto p = weak.lock()) p->CloseFor(CloseReason::kPipeClosed);
  };
  producer->when_closed_ = [weak = std::weak_ptr(consumer)] {
    if (auto c = weak.lock()) c->CloseFor(CloseReason::kPipeClosed);
  };
  return absl::OkStatus();
}

void PipePair::LinkPauses(const std::shared_ptr<Consumer>& consumer, const std::shared_ptr<Producer>& producer,
                          const Producer& source) {
  consumer->when_paused_ = [weak = std::weak_ptr(producer)](bool paused) {
    auto p = weak.lock();
    if (p == nullptr) return;
    if (paused) {
      p->Pause(nullptr);
    } else {
      p->Resume(nullptr);
    }
  };
  // It may have changed meanwhile.
  if (source.paused() != producer->paused()) consumer->when_paused_(source.paused());
}

void PipePair::Pipe(const std::shared_ptr<Router>& local, const std::shared_ptr<Producer>& source, bool keep_id,
                    Callback<PipedProducer> done) {
  const size_t end = EndOf(*local);
  auto on_produced = [source](const std::shared_ptr<Consumer>& consumer, Callback<PipedProducer> done) {
    return [source, consumer, done = std::move(done)](absl::StatusOr<std::shared_ptr<Producer>> producer) mutable {
      if (!producer.ok()) {
        consumer->Close();
        return done(producer.status());
      }
      if (absl::Status status = Link(consumer, *producer, *source); !status.ok()) return done(status);
      LinkPauses(consumer, *producer, *source);
      done(PipedProducer{.pipe_consumer = consumer, .pipe_producer = *producer});
    };
  };
  ends_[end].transport->Consume({.producer_id = source->id()},
                                [source, keep_id, remote = ends_[1 - end].transport, on_produced,
                                 done = std::move(done)](absl::StatusOr<std::shared_ptr<Consumer>> consumer) mutable {
                                  if (!consumer.ok()) return done(consumer.status());
                                  remote->Produce({.kind = (*consumer)->kind(),
                                                   .rtp_parameters = (*consumer)->rtp_parameters(),
                                                   .paused = (*consumer)->producer_paused(),
                                                   .id = keep_id ? source->id() : RandomUuid()},
                                                  on_produced(*consumer, std::move(done)));
                                });
}

void PipePair::Pipe(const std::shared_ptr<Router>& local, const std::shared_ptr<DataProducer>& source, bool keep_id,
                    Callback<PipedProducer> done) {
  const size_t end = EndOf(*local);
  auto on_produced = [source](const std::shared_ptr<DataConsumer>& consumer, Callback<PipedProducer> done) {
    return [source, consumer, done = std::move(done)](absl::StatusOr<std::shared_ptr<DataProducer>> producer) mutable {
      if (!producer.ok()) {
        consumer->Close();
        return done(producer.status());
      }
      if (absl::Status status = Link(consumer, *producer, *source); !status.ok()) return done(status);
      done(PipedProducer{.pipe_data_consumer = consumer, .pipe_data_producer = *producer});
    };
  };
  ends_[end].transport->ConsumeData(
      {.data_producer_id = source->id()},
      [source, keep_id, remote = ends_[1 - end].transport, on_produced,
       done = std::move(done)](absl::StatusOr<std::shared_ptr<DataConsumer>> consumer) mutable {
        if (!consumer.ok()) return done(consumer.status());
        remote->ProduceData({.sctp_stream_parameters = (*consumer)->sctp_stream_parameters(),
                             .label = (*consumer)->label(),
                             .protocol = (*consumer)->protocol(),
                             .id = keep_id ? source->id() : RandomUuid()},
                            on_produced(*consumer, std::move(done)));
      });
}

void Router::PipeToRouter(PipeToRouterOptions options, Callback<PipedProducer> done) {
  if (closed()) return Refuse(std::move(done), ClosedError());
  auto refuse = [&](absl::Status status) { Refuse(std::move(done), std::move(status)); };
  if (options.producer_id.empty() == options.data_producer_id.empty()) {
    return refuse(absl::InvalidArgumentError("producerId: give either it or dataProducerId"));
  }
  if (options.router == nullptr) return refuse(absl::InvalidArgumentError("router: is missing"));
  if (options.router.get() == this) return refuse(absl::InvalidArgumentError("router: is this one"));
  if (options.router->closed()) return refuse(options.router->ClosedError());
  const auto producer = FindProducer(options.producer_id);
  const auto data_producer = FindDataProducer(options.data_producer_id);
  if (producer == nullptr && data_producer == nullptr) {
    return refuse(absl::NotFoundError("producerId: the router has no such producer"));
  }
  if (!done) done = [](const auto&) {};
  auto self = std::static_pointer_cast<Router>(shared_from_this());
  auto pair = PipePair::Between(self, options);
  pair->WhenReady([self, pair, producer, data_producer, keep_id = options.keep_id,
                   done = std::move(done)](const absl::Status& status) mutable {
    if (!status.ok()) return done(status);
    if (producer != nullptr) return pair->Pipe(self, producer, keep_id, std::move(done));
    pair->Pipe(self, data_producer, keep_id, std::move(done));
  });
}

}  // namespace sluice::controller
