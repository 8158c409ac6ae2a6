// Whether a page may open a WebSocket to this server: browsers send cookies and reach loopback addresses for any page,
// so the server asks where the page comes from (RFC 6455 section 10.2).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluice::conference {

// `origin` and `host` are the request's headers. True for a page of this very host (by either scheme: TLS may end
// before us), for an origin that is listed, and for a client that is no browser and sends none.
bool IsOriginAllowed(std::string_view origin, std::string_view host, std::span<const std::string> listed);

// "https://example.org:8443": a scheme and a host, nothing behind them.
bool IsOrigin(std::string_view text);

}  // namespace sluice::conference
