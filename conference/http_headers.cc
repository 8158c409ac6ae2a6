#include "conference/http_headers.h"

#include <algorithm>
#include <utility>

namespace sluice::conference {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 6> kSecurityHeaders{{
    {"content-security-policy:",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
     "media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"x-content-type-options:", "nosniff"},
    {"referrer-policy:", "no-referrer"},
    {"permissions-policy:", "camera=(self), microphone=(self), display-capture=(self), geolocation=()"},
    {"cross-origin-opener-policy:", "same-origin"},
    {"cross-origin-resource-policy:", "same-origin"},
}};

}  // namespace

std::string RequestHeader(lws* socket, lws_token_indexes token) {
  std::string value(static_cast<size_t>(std::max(0, lws_hdr_total_length(socket, token))) + 1, '\0');
  const int length = lws_hdr_copy(socket, value.data(), static_cast<int>(value.size()), token);
  value.resize(static_cast<size_t>(std::max(0, length)));
  return value;
}

ResponseHeaders::ResponseHeaders(lws* socket, unsigned status, std::string_view type, size_t length) : socket_(socket) {
  Note(lws_add_http_common_headers(socket_, status, std::string(type).c_str(), length, &at_, end()));
  for (const auto& [name, value] : kSecurityHeaders) Add(name, value);
}

void ResponseHeaders::Add(const char* name, std::string_view value) {
  Note(lws_add_http_header_by_name(socket_, reinterpret_cast<const unsigned char*>(name),
                                   reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()),
                                   &at_, end()));
}

bool ResponseHeaders::Send() {
  Note(lws_finalize_write_http_header(socket_, begin(), &at_, end()));
  return ok_;
}

}  // namespace sluice::conference
