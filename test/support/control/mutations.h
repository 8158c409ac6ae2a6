// What can be wrong with one field of a message, by its type: missing, absurd, at a limit, of great length, of another
// type of a union, of an enum's value that does not exist. Both the test that tries everything and the fuzzer draw from
// here.
#pragma once

#include <functional>
#include <string>

#include "test/support/control/node.h"

namespace sluice::control {

struct Mutation {
  std::string what;                  // "options.listenInfo.ip: dropped", for people
  std::string field;                 // "ip": its name as controllers know it
  std::string where;                 // "options.listenInfo": the tables around it
  std::vector<std::string> lacking;  // the fields that a table lacks that is empty now
};

// Calls `each` with every mutation of `table` and of what is in it, one at a time; the node is as before afterwards.
// Of vectors only the first element's insides are changed: the others are alike.
void ForEachMutation(const Schema& schema, Node& table, const std::function<void(const Mutation& mutation)>& each);

// One field somewhere in `table`, chosen and changed by `random`, which returns a number below its argument.
void MutateOne(const Schema& schema, Node& table, const std::function<uint32_t(uint32_t)>& random);

// "listen_info" -> "listenInfo".
std::string CamelCase(std::string_view snake_case);

}  // namespace sluice::control
