// Holds our schema against docs/wire.json: what travels on the pipe must be, slot by slot, what other controllers
// expect. Names are ours; the attribute "wire" says what a table, enum or union stands for.
#include <flatbuffers/reflection.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace sluice {
namespace {

using nlohmann::json;
using reflection::BaseType;

// Sluice's own additions begin here and are not on the reference's wire.
constexpr int64_t kFirstOwnEnumValue = 200;
constexpr int64_t kFirstOwnUnionTag = 128;

const std::map<std::string, BaseType> kScalars = {
    {"bool", reflection::Bool},     {"int8", reflection::Byte},     {"uint8", reflection::UByte},
    {"int16", reflection::Short},   {"uint16", reflection::UShort}, {"int32", reflection::Int},
    {"uint32", reflection::UInt},   {"int64", reflection::Long},    {"uint64", reflection::ULong},
    {"float32", reflection::Float}, {"float64", reflection::Double}};

template <class T>
std::string WireName(const T& of) {
  if (!of.attributes()) return "";
  const auto* pair = of.attributes()->LookupByKey("wire");
  return pair ? pair->value()->str() : "";
}

// Only our own controller is sent one.
bool IsOwn(const reflection::Object& object) { return WireName(object).empty(); }

class WireFactsTest : public testing::Test {
 protected:
  WireFactsTest() {
    std::ifstream facts_file(SLUICE_SOURCE_DIR "/docs/wire.json");
    facts_ = json::parse(facts_file);
    std::ifstream schema_file(SLUICE_BFBS, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(schema_file), {});
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size());
    EXPECT_TRUE(reflection::VerifySchemaBuffer(verifier));
    schema_ = reflection::GetSchema(bytes_.data());
    for (const auto* object : *schema_->objects()) {
      if (IsOwn(*object)) continue;
      EXPECT_TRUE(objects_.emplace(WireName(*object), object).second) << object->name()->str() << " is there twice";
    }
    for (const auto* e : *schema_->enums()) {
      EXPECT_TRUE(enums_.emplace(WireName(*e), e).second) << e->name()->str() << " is there twice";
    }
  }

  // "rtp.Dump", "[uint8]", "string": a field's type as docs/wire.json writes it.
  std::string TypeName(const reflection::Type& type, BaseType base) const {
    if (base == reflection::Vector) return "[" + TypeName(type, type.element()) + "]";
    if (base == reflection::String) return "string";
    if (base == reflection::Obj) return WireName(*schema_->objects()->Get(static_cast<unsigned>(type.index())));
    if (type.index() >= 0) return WireName(*schema_->enums()->Get(static_cast<unsigned>(type.index())));
    for (const auto& [name, scalar] : kScalars) {
      if (scalar == base) return name;
    }
    return "?";
  }

  // What an absent field reads as.
  void ExpectDefault(const json& fact, const reflection::Field& field, const std::string& where) const {
    const bool is_scalar = field.type()->base_type() <= reflection::Double;
    if (!is_scalar || !fact.contains("default")) return;
    const json& expected = fact["default"];
    EXPECT_EQ(field.optional(), expected.is_null()) << where << ": absent or a default";
    if (expected.is_null()) return;
    const std::string type = fact["type"];
    if (type == "float32" || type == "float64") {
      EXPECT_EQ(field.default_real(), expected.get<double>()) << where;
    } else if (expected.is_string() && facts_["unions"].contains(type)) {
      EXPECT_EQ(field.default_integer(), facts_["unions"][type][expected.get<std::string>()]["tag"]) << where;
    } else if (expected.is_string()) {
      EXPECT_EQ(field.default_integer(), facts_["enums"][type]["values"][expected.get<std::string>()]) << where;
    } else {
      EXPECT_EQ(field.default_integer(), expected.is_boolean() ? expected.get<bool>() : expected.get<int64_t>())
          << where;
    }
  }

  json facts_;
  std::string bytes_;
  const reflection::Schema* schema_ = nullptr;
  std::map<std::string, const reflection::Object*> objects_;
  std::map<std::string, const reflection::Enum*> enums_;
};

TEST_F(WireFactsTest, EveryTableHasTheSameSlotsTypesAndDefaults) {
  EXPECT_EQ(objects_.size(), facts_["tables"].size());
  for (const auto& [name, fields] : facts_["tables"].items()) {
    ASSERT_TRUE(objects_.contains(name)) << name << " is missing";
    std::map<int, const reflection::Field*> by_slot;
    for (const auto* field : *objects_[name]->fields()) by_slot[field->id()] = field;
    EXPECT_EQ(by_slot.size(), fields.size()) << name;
    for (const auto& fact : fields) {
      const std::string where = name + "." + fact["name"].get<std::string>();
      ASSERT_TRUE(by_slot.contains(fact["slot"])) << where;
      const auto& field = *by_slot[fact["slot"]];
      EXPECT_EQ(TypeName(*field.type(), field.type()->base_type()), fact["type"].get<std::string>()) << where;
      EXPECT_FALSE(field.required()) << where << ": a missing field must be answered, not make the frame unreadable";
      ExpectDefault(fact, field, where);
    }
  }
}

TEST_F(WireFactsTest, EveryEnumHasTheSameBaseAndValues) {
  for (const auto& [name, fact] : facts_["enums"].items()) {
    ASSERT_TRUE(enums_.contains(name)) << name << " is missing";
    EXPECT_EQ(enums_[name]->underlying_type()->base_type(), kScalars.at(fact["base"])) << name;
    std::vector<int64_t> expected, actual;
    for (const auto& value : fact["values"]) expected.push_back(value);
    for (const auto* value : *enums_[name]->values()) {
      if (value->value() < kFirstOwnEnumValue) actual.push_back(value->value());
    }
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(actual, expected) << name;
  }
}

TEST_F(WireFactsTest, EveryUnionHasTheSameTagsForTheSameTables) {
  for (const auto& [name, members] : facts_["unions"].items()) {
    ASSERT_TRUE(enums_.contains(name)) << name << " is missing";
    EXPECT_TRUE(enums_[name]->is_union()) << name;
    std::map<int64_t, std::string> expected, actual;
    for (const auto& [member, fact] : members.items()) {
      expected[fact["tag"]] = fact["table"].is_null() ? "" : fact["table"].get<std::string>();
    }
    for (const auto* value : *enums_[name]->values()) {
      if (value->value() >= kFirstOwnUnionTag) continue;
      const bool has_table = value->union_type()->base_type() == reflection::Obj;
      actual[value->value()] = has_table ? TypeName(*value->union_type(), reflection::Obj) : "";
    }
    EXPECT_EQ(actual, expected) << name;
  }
}

// A method by its name in the facts has the value that our name stands for: same number, same words.
TEST_F(WireFactsTest, EnumNamesAreTheSameWords) {
  auto letters = [](std::string text) {
    std::erase(text, '_');
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  };
  for (const auto& [name, fact] : facts_["enums"].items()) {
    for (const auto& [word, number] : fact["values"].items()) {
      const auto* value = enums_[name]->values()->LookupByKey(number.get<int64_t>());
      ASSERT_NE(value, nullptr) << name << "." << word;
      EXPECT_TRUE(letters(word).ends_with(letters(value->name()->str()))) << name << "." << word;
    }
  }
}

TEST_F(WireFactsTest, AllRequestsAndNotificationsAreThere) {
  EXPECT_EQ(facts_["enums"]["request.Method"]["values"].size(), 68u);
  EXPECT_EQ(facts_["enums"]["notification.Event"]["values"].size(), 33u);
}

}  // namespace
}  // namespace sluice
