#include "controller/router.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/worker.h"

namespace sluice::controller {

Router::Router(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Worker> worker,
               RtpCapabilities capabilities)
    : Object(std::move(connection), std::move(id)),
      worker_(std::move(worker)),
      capabilities_(std::move(capabilities)) {}

Router::~Router() = default;

std::shared_ptr<Producer> Router::FindProducer(const std::string& producer_id) const {
  auto it = producers_.find(producer_id);
  return it == producers_.end() ? nullptr : it->second.lock();
}

std::shared_ptr<DataProducer> Router::FindDataProducer(const std::string& data_producer_id) const {
  auto it = data_producers_.find(data_producer_id);
  return it == data_producers_.end() ? nullptr : it->second.lock();
}

bool Router::CanConsume(const std::string& producer_id, const RtpCapabilities& capabilities) const {
  const std::shared_ptr<Producer> producer = FindProducer(producer_id);
  return producer != nullptr && controller::CanConsume(producer->consumable_rtp_parameters(), capabilities);
}

absl::Status Router::UpdateMediaCodecs(const std::vector<RtpCodecCapability>& media_codecs) {
  absl::StatusOr<RtpCapabilities> capabilities = RouterRtpCapabilities(media_codecs, SendsDescriptors(capabilities_));
  if (!capabilities.ok()) return capabilities.status();
  capabilities_ = *std::move(capabilities);
  return absl::OkStatus();
}

void Router::Close() {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::worker::CloseRouterRequestT request;
  request.router_id = id();
  Call(Method::WorkerCloseRouter, "", Body(std::move(request)), nullptr);
  MarkClosed();
  on = {};
  if (auto worker = worker_.lock()) worker->routers_.erase(id());
  CloseChildren(CloseReason::kParentClosed);
}

void Router::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  CloseChildren(reason);
  EmitLast(on, reason);
}

void Router::CloseChildren(CloseReason reason) {
  CloseEach(std::exchange(transports_, {}), reason);
  CloseEach(std::exchange(rtp_observers_, {}), reason);
  producers_.clear();
  data_producers_.clear();
}

void Router::Remove(const std::string& transport_id) { transports_.erase(transport_id); }

void Router::OnNotification(const fbs::notification::Notification&) {}

}  // namespace sluice::controller
