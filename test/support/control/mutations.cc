#include "test/support/control/mutations.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace sluice::control {
namespace {

using reflection::BaseType;

constexpr size_t kLong = 70'000;  // over every bound for names and texts
constexpr size_t kMany = 3'000;   // elements

// What a field can become; nullopt: it is dropped. `say` tells people what it is.
struct Change {
  std::string say;
  std::optional<Node> to;
};

std::vector<std::pair<std::string, int64_t>> Limits(BaseType type) {
  constexpr int64_t kMin64 = std::numeric_limits<int64_t>::min(), kMax64 = std::numeric_limits<int64_t>::max();
  switch (type) {
    case reflection::Long:
    case reflection::ULong:
      return {{"0", 0}, {"1", 1}, {"all bits", -1}, {"int64 max", kMax64}, {"int64 min", kMin64}};
    case reflection::Int:
    case reflection::UInt:
      return {{"0", 0}, {"1", 1}, {"all bits", -1}, {"int32 max", INT32_MAX}, {"int32 min", INT32_MIN}};
    case reflection::Short:
    case reflection::UShort:
      return {{"0", 0}, {"1", 1}, {"all bits", -1}, {"int16 max", INT16_MAX}, {"int16 min", INT16_MIN}};
    case reflection::Bool:
      return {{"false", 0}, {"true", 1}, {"neither", 77}};
    default:
      return {{"0", 0}, {"1", 1}, {"all bits", -1}, {"127", 127}, {"128", 128}};
  }
}

class Changes {
 public:
  Changes(const Schema& schema, const reflection::Field& field, const Node* now)
      : schema_(schema), field_(field), now_(now) {}

  std::vector<Change> All() {
    if (now_) out_.push_back({"dropped", std::nullopt});
    const reflection::Type& type = *field_.type();
    switch (type.base_type()) {
      case reflection::String:
        Text();
        break;
      case reflection::Vector:
        Vector(type);
        break;
      case reflection::Obj:
        Add("empty", Node{.field = &field_, .table = &schema_.table(type)});
        break;
      case reflection::Union:  // its tag is a field of its own; here a table of every other member
        for (const auto* value : *schema_.enum_of(type)->values()) {
          if (const auto* table = schema_.member(field_, value->value())) {
            Add("a " + table->name()->str(), Node{.field = &field_, .table = table});
          }
        }
        break;
      case reflection::Float:
      case reflection::Double:
        for (double d :
             {0.0, -1.0, 1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
          Add(std::to_string(d), Node{.field = &field_, .real = d});
        }
        break;
      default:
        Number(type);
    }
    return std::move(out_);
  }

 private:
  void Add(std::string say, Node to) { out_.push_back({std::move(say), std::move(to)}); }

  void Text() {
    Add("empty", Node{.field = &field_});
    Add("odd bytes", Node{.field = &field_, .text = std::string("\xFF\xFE\0\x80{}%s\"\n", 11)});
    Add("very long", Node{.field = &field_, .text = std::string(kLong, 'x')});
  }

  void Number(const reflection::Type& type) {
    for (const auto& [say, number] : Limits(type.base_type())) Add(say, Node{.field = &field_, .number = number});
    const reflection::Enum* e = schema_.enum_of(type);
    if (!e) return;
    int64_t last = 0;
    for (const auto* value : *e->values()) {
      last = std::max(last, value->value());
      Add(value->name()->str(), Node{.field = &field_, .number = value->value()});
    }
    Add("no value of the enum", Node{.field = &field_, .number = last + 1});
  }

  void Vector(const reflection::Type& type) {
    Add("empty", Node{.field = &field_});
    Node many{.field = &field_};
    if (IsBytes(type)) {
      many.text.assign(kLong, '\x80');
      return Add("very long", std::move(many));
    }
    Node element = now_ && !now_->children.empty() ? now_->children.front() : Node{};
    if (type.element() == reflection::Obj && !element.table) element.table = &schema_.table(type);
    many.children.assign(kMany, element);
    Add("thousands of the same", std::move(many));
    Node twice{.field = &field_, .children = {element, element}};
    Add("the same twice", std::move(twice));
    if (type.element() == reflection::Obj) {
      Add("an empty table", Node{.field = &field_, .children = {Node{.table = &schema_.table(type)}}});
    } else if (type.element() == reflection::String) {
      Add("a long text", Node{.field = &field_, .children = {Node{.text = std::string(kLong, 'y')}}});
    } else {
      Add("all bits", Node{.field = &field_, .children = {Node{.number = -1}}});
    }
  }

  const Schema& schema_;
  const reflection::Field& field_;
  const Node* now_;
  std::vector<Change> out_;
};

// Of a table without fields, or of a vector with one.
std::vector<std::string> FieldsLacking(const std::optional<Node>& changed) {
  const Node* table = changed ? &*changed : nullptr;
  if (table && !table->table && !table->children.empty()) table = &table->children.front();
  std::vector<std::string> out;
  if (!table || !table->table || !table->children.empty()) return out;
  for (const reflection::Field* field : *table->table->fields()) out.push_back(CamelCase(field->name()->str()));
  return out;
}

bool IsUnused(const reflection::Field& field) { return field.deprecated(); }

void Walk(const Schema& schema, Node& table, const std::string& where,
          const std::function<void(const Mutation& mutation)>& each) {
  for (const reflection::Field* field : *table.table->fields()) {
    if (IsUnused(*field)) continue;
    const std::string name = CamelCase(field->name()->str());
    const std::vector<Node> before = table.children;
    for (const Change& change : Changes(schema, *field, table.Find(field->name()->str())).All()) {
      table.Erase(*field);
      if (change.to) table.children.push_back(*change.to);
      each({.what = (where.empty() ? "" : where + ".") + name + ": " + change.say,
            .field = name,
            .where = where,
            .lacking = FieldsLacking(change.to)});
      table.children = before;
    }
  }
  for (Node& child : table.children) {
    const std::string name = (where.empty() ? "" : where + ".") + CamelCase(child.field->name()->str());
    if (child.table) Walk(schema, child, name, each);
    if (!child.children.empty() && child.children.front().table && !child.table) {
      Walk(schema, child.children.front(), name + "[0]", each);
    }
  }
}

void CollectTables(Node& node, std::vector<Node*>& out) {
  if (node.table) out.push_back(&node);
  for (Node& child : node.children) CollectTables(child, out);
}

}  // namespace

void ForEachMutation(const Schema& schema, Node& table, const std::function<void(const Mutation& mutation)>& each) {
  Walk(schema, table, "", each);
}

void MutateOne(const Schema& schema, Node& table, const std::function<uint32_t(uint32_t)>& random) {
  std::vector<Node*> tables;
  CollectTables(table, tables);
  Node& chosen = *tables[random(static_cast<uint32_t>(tables.size()))];
  if (chosen.table->fields()->size() == 0) return;
  const reflection::Field& field = *chosen.table->fields()->Get(random(chosen.table->fields()->size()));
  auto changes = Changes(schema, field, chosen.Find(field.name()->str())).All();
  Change& change = changes[random(static_cast<uint32_t>(changes.size()))];
  chosen.Erase(field);
  if (change.to) chosen.children.push_back(*std::move(change.to));
}

std::string CamelCase(std::string_view snake_case) {
  std::string out;
  for (size_t i = 0; i < snake_case.size(); ++i) {
    if (snake_case[i] == '_' && i + 1 < snake_case.size()) {
      out += static_cast<char>(std::toupper(snake_case[++i]));
    } else {
      out += snake_case[i];
    }
  }
  return out;
}

}  // namespace sluice::control
