#include "test/support/control/examples.h"

#include <flatbuffers/idl.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "rtc/base/check.h"

namespace sluice::control {

std::vector<Example> LoadExamples(const Schema& schema, const std::string& json_file) {
  flatbuffers::IDLOptions options;
  options.size_prefixed = true;
  flatbuffers::Parser parser(options);
  SLUICE_CHECK(parser.Deserialize(reinterpret_cast<const uint8_t*>(schema.bytes().data()), schema.bytes().size()));
  std::ifstream file(json_file);
  std::vector<Example> out;
  for (const auto& entry : nlohmann::json::parse(file)) {
    const bool is_request = entry.contains("request");
    const nlohmann::json& data = entry[is_request ? "request" : "notification"];
    const nlohmann::json message = {{"data_type", is_request ? "Request" : "Notification"}, {"data", data}};
    if (!parser.ParseJson(message.dump().c_str())) {
      std::cerr << json_file << ": " << parser.error_ << " in " << message.dump() << "\n";
      SLUICE_CHECK(false);
    }
    const std::span<const uint8_t> frame(parser.builder_.GetBufferPointer(), parser.builder_.GetSize());
    Example example{.is_request = is_request, .message = schema.Read(frame)};
    const char* what = is_request ? "method" : "event";
    example.name = data[what];
    example.number = example.envelope()[what].number;
    out.push_back(std::move(example));
  }
  return out;
}

std::vector<uint8_t> Frame(const Schema& schema, const Node& message, uint32_t id) {
  Node copy = message;
  if (Node* data = copy.Find("data"); data && data->table->fields()->LookupByKey("method")) (*data)["id"].number = id;
  return schema.Write(copy);
}

}  // namespace sluice::control
