#include "controller/object.h"

#include <fmt/format.h>

#include <algorithm>

#include "controller/connection.h"

namespace sluice::controller {

Object::Object(std::shared_ptr<Connection> connection, std::string id)
    : connection_(std::move(connection)), id_(std::move(id)), number_(connection_->NextObject()) {
  connection_->AddObject(this);
}

Object::~Object() { connection_->RemoveObject(this); }

bool Object::MarkClosed() {
  if (closed_) return false;
  closed_ = true;
  connection_->RemoveObject(this);
  return true;
}

void Object::CloseEach(std::vector<std::shared_ptr<Object>> children, CloseReason reason) {
  std::sort(children.begin(), children.end(), [](const auto& a, const auto& b) { return a->number_ < b->number_; });
  for (const auto& child : children) child->OnParentClosed(reason);
}

void Object::RunWhenClosed() {
  if (auto hook = std::exchange(when_closed_, nullptr)) hook();
}

absl::Status Object::Notify(fbs::notification::Event event, fbs::notification::BodyUnion body) {
  if (closed_) return ClosedError();
  return connection_->Notify(event, id_, std::move(body), Channel::Importance::kDroppable);
}

absl::Status Object::ClosedError() const { return absl::FailedPreconditionError(fmt::format("{} is closed", id_)); }

void Object::Defer(absl::AnyInvocable<void()> function) { connection_->Defer(std::move(function)); }

void Object::Call(fbs::request::Method method, fbs::request::BodyUnion body, ResponseCallback done) {
  Call(method, id_, std::move(body), std::move(done));
}

void Object::Call(fbs::request::Method method, const std::string& handler_id, fbs::request::BodyUnion body,
                  ResponseCallback done) {
  if (closed_) return Refuse(std::move(done), ClosedError());
  connection_->Request(method, handler_id, std::move(body), std::move(done));
}

}  // namespace sluice::controller
