#include "conference/origin.h"

#include <algorithm>
#include <cctype>

namespace sluice::conference {
namespace {

bool SameText(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The host and port of an origin; "" if it is none of the web's.
std::string_view HostOf(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.size() > scheme.size() && SameText(origin.substr(0, scheme.size()), scheme)) {
      return origin.substr(scheme.size());
    }
  }
  return "";
}

std::string_view WithoutDefaultPort(std::string_view host) {
  for (const std::string_view port : {":80", ":443"}) {
    if (host.ends_with(port)) return host.substr(0, host.size() - port.size());
  }
  return host;
}

}  // namespace

bool IsOriginAllowed(std::string_view origin, std::string_view host, std::span<const std::string> listed) {
  if (origin.empty()) return true;
  if (std::ranges::any_of(listed, [&](const std::string& one) { return SameText(one, origin); })) return true;
  const std::string_view page_host = HostOf(origin);
  return !page_host.empty() && SameText(WithoutDefaultPort(page_host), WithoutDefaultPort(host));
}

bool IsOrigin(std::string_view text) {
  const std::string_view host = HostOf(text);
  return !host.empty() && host.find_first_of("/?#@ ") == std::string_view::npos;
}

}  // namespace sluice::conference
