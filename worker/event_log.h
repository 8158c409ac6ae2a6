// Debug lines about what a turn brought, under the tags that controllers know: ice, dtls, sctp, rtp, score, simulcast,
// svc, message; and a summary when a transport closes, under rtp, rtx, srtp and rtcp. Costs one look at the level while debug
// lines are off. A circuit breaker that opens is a warning, always.
#pragma once

#include <string>

#include "rtc/transport/outbox.h"
#include "rtc/transport/transport.h"
#include "worker/log.h"
#include "worker/objects.h"

namespace sluice {

void LogEvents(Log& log, const Objects& objects, const Outbox& outbox);
// What passed through a transport that closes, and what was refused.
void LogFarewell(Log& log, const std::string& id, const Transport& transport, Timestamp now);

}  // namespace sluice
