// answer_seeds DIR: writes the seeds of the answer fuzzer, one file for every kind of answer and of notification, with
// everything in it that the schema has; to each call and each object that it may be for.
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

#include "test/fuzz/library_world.h"
#include "test/support/control/full_table.h"

namespace sluice::control {
namespace {

void Append(const Schema& schema, const std::string& file_name, const Node& message) {
  const std::vector<uint8_t> frame = schema.Write(message);
  std::ofstream(file_name, std::ios::binary | std::ios::app)
      .write(reinterpret_cast<const char*>(frame.data()), static_cast<std::streamsize>(frame.size()));
}

void WriteAnswers(const Schema& schema, const LibraryWorld& world, const std::string& folder) {
  for (size_t i = 0; i < world.pending().size(); ++i) {
    for (const std::string& body : AnswersTo(world.pending()[i].method)) {
      Node message{.table = &schema.message()};
      SetUnion(schema, message, "data", "Response");
      Node& response = *message.Find("data");
      response["id"].number = static_cast<int64_t>(i);
      if (!SetUnion(schema, response, "body", body)) response.children.resize(2);  // only id and accepted
      Append(schema, folder + "/" + world.pending()[i].method + "-" + body, message);
    }
  }
}

// An id that the fuzzer takes for that of this object.
std::string Place(const LibraryWorld& world, size_t i) {
  const size_t objects = world.object_ids().size();
  std::string id(world.object_ids()[i].size(), '0');
  id.back() = static_cast<char>('Z' / objects * objects + i);
  return id;
}

void WriteNotifications(const Schema& schema, const LibraryWorld& world, const std::string& folder) {
  Node message{.table = &schema.message()};
  SetUnion(schema, message, "data", "Notification");
  const auto* event_field = message.Find("data")->table->fields()->LookupByKey("event");
  for (const auto* event : *schema.enum_of(*event_field->type())->values()) {
    // The last one is for "text", which is the producer.
    for (size_t i = 0; i <= world.object_ids().size(); ++i) {
      SetUnion(schema, message, "data", "Notification");
      Node& notification = *message.Find("data");
      notification["event"].number = event->value();
      if (i < world.object_ids().size()) notification["handler_id"].text = Place(world, i);
      SetUnion(schema, notification, "body", event->name()->str());
      Append(schema, folder + "/" + event->name()->str(), message);
    }
  }
}

}  // namespace
}  // namespace sluice::control

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "answer_seeds DIR\n");
    return 2;
  }
  const sluice::control::Schema schema(SLUICE_BFBS);
  const sluice::control::LibraryWorld world(schema);
  sluice::control::WriteAnswers(schema, world, argv[1]);
  sluice::control::WriteNotifications(schema, world, argv[1]);
  return 0;
}
