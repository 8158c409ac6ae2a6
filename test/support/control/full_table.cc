#include "test/support/control/full_table.h"

namespace sluice::control {
namespace {

constexpr int kMaxDepth = 6;

const reflection::EnumVal* FirstMember(const Schema& schema, const reflection::Field& field) {
  for (const auto* value : *schema.enum_of(*field.type())->values()) {
    if (schema.member(field, value->value()) != nullptr) return value;
  }
  return nullptr;
}

Node Element(const Schema& schema, const reflection::Type& type, int depth) {
  if (type.element() == reflection::Obj) return FullTable(schema, schema.table(type), depth + 1);
  return {.number = 1, .text = "text"};
}

}  // namespace

Node FullTable(const Schema& schema, const reflection::Object& object, int depth) {
  Node table{.table = &object};
  if (depth == kMaxDepth) return table;
  for (const reflection::Field* field : *object.fields()) {
    const reflection::Type& type = *field->type();
    if (field->deprecated() || type.base_type() == reflection::UType) continue;
    if (type.base_type() == reflection::Union) {
      if (const auto* member = FirstMember(schema, *field)) {
        table[TagName(*field)].number = member->value();
        Node value = FullTable(schema, *schema.member(*field, member->value()), depth + 1);
        value.field = field;
        table.children.push_back(std::move(value));
      }
      continue;
    }
    Node value{.number = 1, .real = 1, .text = "text"};
    if (type.base_type() == reflection::Obj) value = FullTable(schema, schema.table(type), depth + 1);
    if (type.base_type() == reflection::Vector && !IsBytes(type)) {
      value.children.push_back(Element(schema, type, depth));
    }
    value.field = field;
    table.children.push_back(std::move(value));
  }
  return table;
}

bool SetUnion(const Schema& schema, Node& table, std::string_view field, std::string_view member) {
  const auto* union_field = table.table->fields()->LookupByKey(std::string(field).c_str());
  for (const auto* value : *schema.enum_of(*union_field->type())->values()) {
    const reflection::Object* object = schema.member(*union_field, value->value());
    if (object == nullptr || std::string_view(value->name()->c_str()) != member) continue;
    table.Erase(*union_field);
    table[TagName(*union_field)].number = value->value();
    Node body = FullTable(schema, *object);
    body.field = union_field;
    table.children.push_back(std::move(body));
    return true;
  }
  return false;
}

}  // namespace sluice::control
