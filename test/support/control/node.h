// A FlatBuffers message taken apart into a tree that can be changed and put together again, by the schema's reflection:
// a new request needs no new code here. What the schema does not allow can be written as well (an enum's value that
// does not exist, a union's tag for another table), because tests of bad input are what this is for.
#pragma once

#include <flatbuffers/reflection.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::control {

// One value. Which members count depends on what it is: a table has fields as children, a vector elements, a string or
// a vector of bytes its text, a floating point number `real`, everything else `number`.
struct Node {
  const reflection::Field* field = nullptr;   // null for a root and for elements of vectors
  const reflection::Object* table = nullptr;  // of a table, a union's included
  int64_t number = 0;
  double real = 0;
  std::string text;
  std::vector<Node> children;

  Node* Find(std::string_view name);
  const Node* Find(std::string_view name) const { return const_cast<Node*>(this)->Find(name); }
  void Erase(const reflection::Field& which);
  // The field of that name, made when it is absent.
  Node& operator[](std::string_view name);
};

// The compiled schema (.bfbs) of the control protocol. Nodes point into it.
class Schema {
 public:
  explicit Schema(const std::string& bfbs_file);
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  const std::string& bytes() const { return bytes_; }
  const reflection::Object& message() const { return *schema_->root_table(); }
  const reflection::Object& table(const reflection::Type& type) const {
    return *schema_->objects()->Get(static_cast<unsigned>(type.index()));
  }
  // The enum that a scalar or union field has; null for plain numbers.
  const reflection::Enum* enum_of(const reflection::Type& type) const {
    return type.index() < 0 ? nullptr : schema_->enums()->Get(static_cast<unsigned>(type.index()));
  }
  // The table behind a union's tag; null when the tag is not known.
  const reflection::Object* member(const reflection::Field& union_field, int64_t tag) const;

  // Offsets of a message may lead to one place many times, so that a small one becomes a huge tree: what is beyond this is
  // left out. A byte of text counts one, a node kNodeCost.
  static constexpr size_t kMostRead = 1'000'000;
  static constexpr size_t kNodeCost = 50;
  // `frame` is a size-prefixed message that was verified.
  Node Read(std::span<const uint8_t> frame) const;
  // A size-prefixed message.
  std::vector<uint8_t> Write(const Node& message) const;

 private:
  // `left` of kMostRead.
  Node ReadTable(const reflection::Object& object, const flatbuffers::Table& from, size_t& left) const;
  void ReadVector(const reflection::Field& field, const flatbuffers::Table& from, Node& to, size_t& left) const;
  bool ReadField(const reflection::Field& field, const flatbuffers::Table& from, Node& to, size_t& left) const;

  std::string bytes_;
  const reflection::Schema* schema_;
};

// The tag field that comes with a union's value field, and the other way round: "body_type" for "body".
std::string TagName(const reflection::Field& union_field);

inline bool IsBytes(const reflection::Type& type) {
  return type.base_type() == reflection::Vector && type.element() == reflection::UByte && type.index() < 0;
}

}  // namespace sluice::control
