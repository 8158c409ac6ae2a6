// Everything that request handlers work on, in the order in which it is built up; it goes down in the reverse order.
#pragma once

#include <memory>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/dtls/dtls_context.h"
#include "rtc/sctp/sctp_stack.h"
#include "rtc/stream/packet_pool.h"
#include "worker/clock.h"
#include "worker/log.h"
#include "worker/media_loop.h"
#include "worker/objects.h"
#include "worker/settings.h"

namespace sluice {

struct Core {
  Core(uv_loop_t* loop, Settings settings_in, std::unique_ptr<DtlsContext> dtls_in, uint64_t seed,
       MediaLoop::OnEvents on_events)
      : settings(std::move(settings_in)), rng(seed), dtls(std::move(dtls_in)), media(loop, rng, std::move(on_events)) {}

  Transport::Env TransportEnv() {
    return {.dtls = *dtls, .pool = pool, .rng = rng, .wall_offset = WallOffset(), .sctp = &sctp};
  }

  Settings settings;
  Log log;
  Rng rng;
  PacketPool pool;
  SctpStack sctp;
  std::unique_ptr<DtlsContext> dtls;
  MediaLoop media;
  Objects objects;
  std::vector<std::unique_ptr<WebRtcServerObject>> servers;  // in order of creation
  std::vector<std::unique_ptr<RouterObject>> routers;
};

}  // namespace sluice
