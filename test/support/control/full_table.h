// What a worker's messages look like at their fullest: every field there, by the schema's reflection.
#pragma once

#include "test/support/control/node.h"

namespace sluice::control {

// Numbers are 1, texts "text", vectors have one element, unions their first member. What lies deeper than the tables
// of the protocol nest (they may contain themselves) is left out.
Node FullTable(const Schema& schema, const reflection::Object& object, int depth = 0);

// Sets a union of `table` to its member of that name, full, with its tag. False when it has no such member.
bool SetUnion(const Schema& schema, Node& table, std::string_view field, std::string_view member);

}  // namespace sluice::control
