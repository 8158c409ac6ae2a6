// The page's files, read into memory once: what is served is exactly what was there at the start, and no request can
// name anything else on the disk.
//
// Bounds: kMaxFiles, kMaxBytes.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace sluice::conference {

class WebFiles {
 public:
  static constexpr size_t kMaxFiles = 1000;
  static constexpr size_t kMaxBytes = 64 * 1024 * 1024;

  struct File {
    std::string bytes;
    std::string type;        // "text/html; charset=utf-8"
    std::string etag;        // quoted
    bool immutable = false;  // its name changes with its content
  };

  // kNotFound if there is no index.html; says how to make it.
  static absl::StatusOr<WebFiles> Read(const std::string& directory);

  // The file for a path of a URL, index.html for "/" and every "/r/...". Null: there is none.
  const File* Find(std::string_view path) const;

 private:
  std::map<std::string, File, std::less<>> files_;  // by path, "/assets/main-ABC.js"
};

}  // namespace sluice::conference
