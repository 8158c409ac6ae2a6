#include "conference/web_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace sluice::conference {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
}};

std::string TypeOf(const std::string& extension) {
  auto found = std::ranges::find(kTypes, extension, &std::pair<std::string_view, std::string_view>::first);
  return std::string(found == kTypes.end() ? "application/octet-stream" : found->second);
}

// "main-XSJYANTD.js": the page's build puts eight letters of a hash there.
bool HasHashInName(std::string_view path) {
  constexpr size_t kHashLength = 8;
  const size_t dash = path.rfind('-');
  if (!path.starts_with("/assets/") || dash == std::string_view::npos) return false;
  const std::string_view rest = path.substr(dash + 1);
  return rest.size() > kHashLength && rest[kHashLength] == '.' &&
         std::ranges::all_of(rest.substr(0, kHashLength),
                             [](unsigned char c) { return std::isupper(c) != 0 || std::isdigit(c) != 0; });
}

// FNV-1a: tells versions of a file apart, nothing more.
std::string EtagOf(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return fmt::format("\"{:016x}\"", hash);
}

}  // namespace

absl::StatusOr<WebFiles> WebFiles::Read(const std::string& directory) {
  WebFiles result;
  size_t bytes = 0;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(directory, error); !error && it != fs::end(it); it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    std::ifstream stream(it->path(), std::ios::binary);
    File file{.bytes = std::string(std::istreambuf_iterator<char>(stream), {}),
              .type = TypeOf(it->path().extension().string())};
    bytes += file.bytes.size();
    if (result.files_.size() >= kMaxFiles || bytes > kMaxBytes) {
      return absl::ResourceExhaustedError(fmt::format("{} holds too much to be the page", directory));
    }
    file.etag = EtagOf(file.bytes);
    std::string path = fmt::format("/{}", it->path().lexically_relative(directory).generic_string());
    file.immutable = HasHashInName(path);
    result.files_.emplace(std::move(path), std::move(file));
  }
  if (!result.files_.contains("/index.html")) {
    return absl::NotFoundError(
        fmt::format("the page is not in {} (no index.html there): build it with scripts/build, "
                    "or name its folder with --web",
                    directory));
  }
  return result;
}

const WebFiles::File* WebFiles::Find(std::string_view path) const {
  if (path == "/" || path.starts_with("/r/")) path = "/index.html";
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace sluice::conference
