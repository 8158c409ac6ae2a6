// Small adapters between the callbacks of the public headers and answers of the worker. Not for users of the library.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "controller/object.h"
#include "controller/status.h"
#include "fbs/message_generated.h"

namespace sluice::controller {

using fbs::request::Method;
using fbs::response::Response;

template <class Table>
fbs::request::BodyUnion Body(Table table) {
  fbs::request::BodyUnion body;
  body.Set(std::move(table));
  return body;
}
inline fbs::request::BodyUnion NoBody() { return {}; }

template <class Table>
fbs::notification::BodyUnion NotificationBody(Table table) {
  fbs::notification::BodyUnion body;
  body.Set(std::move(table));
  return body;
}

inline std::span<const uint8_t> Bytes(const flatbuffers::Vector<uint8_t>* data) {
  return data == nullptr ? std::span<const uint8_t>() : std::span(data->data(), data->size());
}

inline std::string Text(const flatbuffers::String* text) { return text ? text->str() : std::string(); }

inline absl::Status UnreadableAnswer() { return absl::InternalError("the worker's answer lacks what was asked for"); }

// The answer says only that it is done. `effect` is called before `done` when all went well.
template <class Effect>
ResponseCallback Done(DoneCallback done, Effect effect) {
  return [done = std::move(done), effect = std::move(effect)](absl::StatusOr<const Response*> response) mutable {
    if (response.ok()) effect();
    if (done) done(response.status());
  };
}
inline ResponseCallback Done(DoneCallback done) {
  return Done(std::move(done), [] {});
}

// `decode(const Response&)` gives a StatusOr<T>.
template <class T, class Decode>
ResponseCallback Decoded(Callback<T> done, Decode decode) {
  return [done = std::move(done), decode = std::move(decode)](absl::StatusOr<const Response*> response) mutable {
    if (!response.ok()) {
      if (done) done(response.status());
      return;
    }
    absl::StatusOr<T> value = decode(**response);
    if (done) done(std::move(value));
  };
}

inline std::vector<uint16_t> Numbers(const flatbuffers::Vector<uint16_t>* list) {
  return list == nullptr ? std::vector<uint16_t>() : std::vector<uint16_t>(list->begin(), list->end());
}

template <class Vector>
std::vector<std::string> Texts(const Vector* list) {
  std::vector<std::string> result;
  if (list == nullptr) return result;
  for (const auto* text : *list) result.push_back(Text(text));
  return result;
}

}  // namespace sluice::controller
