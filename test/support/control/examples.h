// One valid example of every request and every incoming notification, in an order in which a worker accepts them all:
// what creates things first, what closes them last (examples.json).
#pragma once

#include <string>
#include <vector>

#include "test/support/control/node.h"

namespace sluice::control {

struct Example {
  bool is_request = true;
  int64_t number = 0;  // of the method or event
  std::string name;
  Node message;

  // The request's or notification's own table, and its body; null without one.
  Node& envelope() { return *message.Find("data"); }
  Node* body() { return envelope().Find("body"); }
};

std::vector<Example> LoadExamples(const Schema& schema, const std::string& json_file);

// As a request under this id.
std::vector<uint8_t> Frame(const Schema& schema, const Node& message, uint32_t id);

}  // namespace sluice::control
