#include "test/support/control/node.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "rtc/base/check.h"

namespace sluice::control {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::uoffset_t;
using reflection::BaseType;

uoffset_t WriteTable(FlatBufferBuilder& b, const Node& node);

bool Take(size_t cost, size_t& left) {
  if (cost > left) return false;
  left -= cost;
  return true;
}

std::string TextOf(const flatbuffers::String* text, size_t& left) {
  return Take(text->size(), left) ? text->str() : std::string();
}

bool IsScalar(BaseType type) { return type >= reflection::UType && type <= reflection::Double; }

template <class T>
uoffset_t WriteNumbers(FlatBufferBuilder& b, const std::vector<Node>& elements) {
  std::vector<T> values;
  for (const Node& e : elements) values.push_back(static_cast<T>(e.number));
  return b.CreateVector(values).o;
}

uoffset_t WriteVector(FlatBufferBuilder& b, const Node& node) {
  if (IsBytes(*node.field->type())) {
    return b.CreateVector(reinterpret_cast<const uint8_t*>(node.text.data()), node.text.size()).o;
  }
  const BaseType element = node.field->type()->element();
  if (IsScalar(element)) {
    switch (flatbuffers::GetTypeSize(element)) {
      case 1:
        return WriteNumbers<uint8_t>(b, node.children);
      case 2:
        return WriteNumbers<uint16_t>(b, node.children);
      case 4:
        return WriteNumbers<uint32_t>(b, node.children);
      default:
        return WriteNumbers<uint64_t>(b, node.children);
    }
  }
  std::vector<flatbuffers::Offset<void>> offsets;
  for (const Node& e : node.children) {
    offsets.emplace_back(element == reflection::String ? b.CreateString(e.text).o : WriteTable(b, e));
  }
  return b.CreateVector(offsets).o;
}

void WriteScalar(FlatBufferBuilder& b, const Node& node) {
  const flatbuffers::voffset_t at = node.field->offset();
  switch (node.field->type()->base_type()) {
    case reflection::Float:
      return b.AddElement<float>(at, static_cast<float>(node.real));
    case reflection::Double:
      return b.AddElement<double>(at, node.real);
    case reflection::Long:
    case reflection::ULong:
      return b.AddElement<int64_t>(at, node.number);
    case reflection::Int:
    case reflection::UInt:
      return b.AddElement<uint32_t>(at, static_cast<uint32_t>(node.number));
    case reflection::Short:
    case reflection::UShort:
      return b.AddElement<uint16_t>(at, static_cast<uint16_t>(node.number));
    default:
      return b.AddElement<uint8_t>(at, static_cast<uint8_t>(node.number));
  }
}

uoffset_t WriteTable(FlatBufferBuilder& b, const Node& node) {
  std::vector<std::pair<flatbuffers::voffset_t, uoffset_t>> offsets;
  for (const Node& child : node.children) {
    const BaseType type = child.field->type()->base_type();
    if (IsScalar(type)) continue;
    const uoffset_t offset = type == reflection::String   ? b.CreateString(child.text).o
                             : type == reflection::Vector ? WriteVector(b, child)
                                                          : WriteTable(b, child);
    offsets.emplace_back(child.field->offset(), offset);
  }
  const uoffset_t start = b.StartTable();
  for (const Node& child : node.children) {
    if (IsScalar(child.field->type()->base_type())) WriteScalar(b, child);
  }
  for (const auto& [at, offset] : offsets) b.AddOffset(at, flatbuffers::Offset<void>(offset));
  return b.EndTable(start);
}

}  // namespace

Node* Node::Find(std::string_view name) {
  const auto it = std::ranges::find_if(
      children, [name](const Node& c) { return c.field && std::string_view(c.field->name()->c_str()) == name; });
  return it == children.end() ? nullptr : &*it;
}

void Node::Erase(const reflection::Field& which) {
  std::erase_if(children, [&which](const Node& c) { return c.field == &which; });
}

Node& Node::operator[](std::string_view name) {
  if (Node* found = Find(name)) return *found;
  const auto* wanted = table->fields()->LookupByKey(std::string(name).c_str());
  SLUICE_CHECK(wanted);
  return children.emplace_back(Node{.field = wanted});
}

std::string TagName(const reflection::Field& union_field) { return union_field.name()->str() + "_type"; }

Schema::Schema(const std::string& bfbs_file) {
  std::ifstream file(bfbs_file, std::ios::binary);
  bytes_.assign(std::istreambuf_iterator<char>(file), {});
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size());
  SLUICE_CHECK(reflection::VerifySchemaBuffer(verifier));
  schema_ = reflection::GetSchema(bytes_.data());
}

const reflection::Object* Schema::member(const reflection::Field& union_field, int64_t tag) const {
  const auto* value = enum_of(*union_field.type())->values()->LookupByKey(tag);
  return value && value->union_type()->base_type() == reflection::Obj ? &table(*value->union_type()) : nullptr;
}

void Schema::ReadVector(const reflection::Field& field, const flatbuffers::Table& from, Node& to, size_t& left) const {
  const auto* vector = from.GetPointer<const flatbuffers::VectorOfAny*>(field.offset());
  const BaseType element = field.type()->element();
  if (IsBytes(*field.type())) {
    if (Take(vector->size(), left)) to.text.assign(reinterpret_cast<const char*>(vector->Data()), vector->size());
    return;
  }
  for (uoffset_t i = 0; i < vector->size() && Take(kNodeCost, left); ++i) {
    if (element == reflection::String) {
      to.children.push_back(
          {.text = TextOf(flatbuffers::GetAnyVectorElemPointer<const flatbuffers::String>(vector, i), left)});
    } else if (element == reflection::Obj) {
      to.children.push_back(ReadTable(
          table(*field.type()), *flatbuffers::GetAnyVectorElemPointer<const flatbuffers::Table>(vector, i), left));
    } else {
      to.children.push_back({.number = flatbuffers::GetAnyVectorElemI(vector, element, i)});
    }
  }
}

// False for what is not to be read: a union whose tag is not known.
bool Schema::ReadField(const reflection::Field& field, const flatbuffers::Table& from, Node& to, size_t& left) const {
  switch (field.type()->base_type()) {
    case reflection::String:
      to.text = TextOf(flatbuffers::GetFieldS(from, field), left);
      return true;
    case reflection::Vector:
      ReadVector(field, from, to, left);
      return true;
    case reflection::Obj:
      to = ReadTable(table(*field.type()), *flatbuffers::GetFieldT(from, field), left);
      break;
    case reflection::Union: {
      // A union's tag comes in the slot before it.
      const auto tag = from.GetField<uint8_t>(static_cast<flatbuffers::voffset_t>(field.offset() - 2), 0);
      const reflection::Object* object = member(field, tag);
      if (!object) return false;
      to = ReadTable(*object, *flatbuffers::GetFieldT(from, field), left);
      break;
    }
    default:
      to.number = flatbuffers::GetAnyFieldI(from, field);
      to.real = flatbuffers::GetAnyFieldF(from, field);
      return true;
  }
  to.field = &field;
  return true;
}

Node Schema::ReadTable(const reflection::Object& object, const flatbuffers::Table& from, size_t& left) const {
  Node out{.table = &object};
  for (const reflection::Field* field : *object.fields()) {
    if (!from.CheckField(field->offset()) || !Take(kNodeCost, left)) continue;
    Node child{.field = field};
    if (ReadField(*field, from, child, left)) out.children.push_back(std::move(child));
  }
  return out;
}

Node Schema::Read(std::span<const uint8_t> frame) const {
  size_t left = kMostRead;
  return ReadTable(message(), *flatbuffers::GetSizePrefixedRoot<flatbuffers::Table>(frame.data()), left);
}

std::vector<uint8_t> Schema::Write(const Node& message) const {
  FlatBufferBuilder b;
  b.FinishSizePrefixed(flatbuffers::Offset<flatbuffers::Table>(WriteTable(b, message)));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

}  // namespace sluice::control
