// Reads the fields of one JSON object, remembering the first mistake: readers go on with defaults and ask once, at the
// end. Not for users of the library.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "controller/field_error.h"

namespace sluice::controller {

class JsonReader {
 public:
  // `json` must outlive the reader; `status` gets the first mistake of all readers that share it.
  JsonReader(const nlohmann::json& json, std::string path, absl::Status& status)
      : json_(json), path_(std::move(path)), status_(status) {
    if (!json_.is_object()) Fail("", "must be an object");
  }

  std::string Path(std::string_view field) const {
    if (field.empty()) return path_;
    return path_.empty() ? std::string(field) : path_ + "." + std::string(field);
  }
  void Fail(std::string_view field, std::string_view problem) {
    if (status_.ok()) status_ = FieldError(Path(field), problem);
  }
  absl::Status& status() { return status_; }

  // Null counts as absent: that is how some clients write undefined.
  const nlohmann::json* Find(const char* field) const {
    if (!json_.is_object()) return nullptr;
    auto it = json_.find(field);
    return it == json_.end() || it->is_null() ? nullptr : &*it;
  }

  template <class Int>
  std::optional<Int> OptionalInt(const char* field, Int least = std::numeric_limits<Int>::min(),
                                 Int most = std::numeric_limits<Int>::max()) {
    const nlohmann::json* value = Find(field);
    if (value == nullptr) return std::nullopt;
    // JSON knows only one kind of number: 96.0 is as good as 96.
    const double number = value->is_number() ? value->get<double>() : -1.5;
    if (!value->is_number() || number != static_cast<double>(static_cast<int64_t>(Clamp(number))) ||
        number < static_cast<double>(least) || number > static_cast<double>(most)) {
      Fail(field, fmt::format("must be a whole number from {} to {}", +least, +most));
      return std::nullopt;
    }
    return static_cast<Int>(number);
  }
  template <class Int>
  Int RequiredInt(const char* field, Int least = std::numeric_limits<Int>::min(),
                  Int most = std::numeric_limits<Int>::max()) {
    if (Find(field) == nullptr) Fail(field, "is missing");
    return OptionalInt<Int>(field, least, most).value_or(least);
  }

  std::string OptionalString(const char* field) {
    const nlohmann::json* value = Find(field);
    if (value == nullptr) return "";
    if (!value->is_string()) {
      Fail(field, "must be a string");
      return "";
    }
    return value->get_ref<const std::string&>();
  }
  std::string String(const char* field) {
    if (Find(field) == nullptr) Fail(field, "is missing");
    return OptionalString(field);
  }

  bool OptionalBool(const char* field, bool otherwise) {
    const nlohmann::json* value = Find(field);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) {
      Fail(field, "must be true or false");
      return otherwise;
    }
    return value->get<bool>();
  }

  // Calls `read(reader)` for each element of an array of objects.
  template <class Read>
  auto OptionalList(const char* field, Read read) {
    using Element = std::invoke_result_t<Read, JsonReader&>;
    std::vector<Element> result;
    const nlohmann::json* list = Find(field);
    if (list == nullptr) return result;
    if (!list->is_array()) {
      Fail(field, "must be an array");
      return result;
    }
    for (size_t i = 0; i < list->size() && status_.ok(); ++i) {
      JsonReader element((*list)[i], Index(Path(field), i), status_);
      if (status_.ok()) result.push_back(read(element));
    }
    return result;
  }

 private:
  // Within what a cast to int64_t can hold.
  static double Clamp(double number) { return number < -1e15 ? -1e15 : number > 1e15 ? 1e15 : number; }

  const nlohmann::json& json_;
  std::string path_;
  absl::Status& status_;
};

}  // namespace sluice::controller
