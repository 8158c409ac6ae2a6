#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "worker/handlers/handlers.h"

namespace sluice::handlers {
namespace {

constexpr size_t kMaxLogTags = 64;  // there are about twenty

}  // namespace

absl::StatusOr<std::string> NewId(const Core& core, const flatbuffers::String* id, std::string_view field) {
  if (!id || id->size() == 0) return Missing(field);
  if (id->size() > wire::kMaxName) return wire::TooLong(field, wire::kMaxName);
  std::string text = id->str();
  if (core.objects.Has(text)) return absl::AlreadyExistsError(fmt::format("{} \"{}\" exists already", field, text));
  return text;
}

Result WorkerDump(Call& call, Core& core) {
  fbs::worker::DumpResponseT out;
  out.pid = static_cast<uint32_t>(getpid());
  for (const auto& server : core.servers) out.web_rtc_server_ids.push_back(server->id);
  for (const auto& router : core.routers) out.router_ids.push_back(router->id());
  out.channel_message_handlers = std::make_unique<fbs::worker::ChannelMessageHandlersT>();
  out.channel_message_handlers->channel_request_handlers = core.objects.Ids();
  return Answer{fbs::response::Body::WorkerDump, fbs::worker::CreateDumpResponse(call.b, &out).Union()};
}

Result WorkerGetResourceUsage(Call& call, Core&) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return absl::InternalError("getrusage failed");
  auto ms = [](const timeval& t) {
    return static_cast<uint64_t>(t.tv_sec) * 1000 + static_cast<uint64_t>(t.tv_usec) / 1000;
  };
  auto count = [](long value) { return static_cast<uint64_t>(value); };
  fbs::worker::ResourceUsageResponseT out;
  out.ru_utime = ms(usage.ru_utime);
  out.ru_stime = ms(usage.ru_stime);
  out.ru_maxrss = count(usage.ru_maxrss);
  out.ru_ixrss = count(usage.ru_ixrss);
  out.ru_idrss = count(usage.ru_idrss);
  out.ru_isrss = count(usage.ru_isrss);
  out.ru_minflt = count(usage.ru_minflt);
  out.ru_majflt = count(usage.ru_majflt);
  out.ru_nswap = count(usage.ru_nswap);
  out.ru_inblock = count(usage.ru_inblock);
  out.ru_oublock = count(usage.ru_oublock);
  out.ru_msgsnd = count(usage.ru_msgsnd);
  out.ru_msgrcv = count(usage.ru_msgrcv);
  out.ru_nsignals = count(usage.ru_nsignals);
  out.ru_nvcsw = count(usage.ru_nvcsw);
  out.ru_nivcsw = count(usage.ru_nivcsw);
  return Answer{fbs::response::Body::WorkerResourceUsage,
                fbs::worker::CreateResourceUsageResponse(call.b, &out).Union()};
}

Result WorkerUpdateSettings(Call&, Core& core, const fbs::worker::UpdateSettingsRequest& body) {
  std::vector<std::string> tags;
  if (body.log_tags()) {
    if (body.log_tags()->size() > kMaxLogTags) return TooMany("logTags", kMaxLogTags);
    for (const auto* tag : *body.log_tags()) {
      if (tag->size() > wire::kMaxName) return wire::TooLong("logTags", wire::kMaxName);
      tags.push_back(tag->str());
    }
  }
  if (body.log_level()) {
    const auto level = ParseLogLevel(std::string_view(body.log_level()->c_str(), body.log_level()->size()));
    if (!level.ok()) return level.status();
    core.settings.log_level = *level;
    core.log.SetLevel(*level);
  }
  if (body.log_tags()) {
    core.settings.log_tags = std::move(tags);
    core.log.SetTags(core.settings.log_tags);
  }
  return Answer();
}

Result WorkerCreateRouter(Call&, Core& core, const fbs::worker::CreateRouterRequest& body) {
  auto id = NewId(core, body.router_id(), "routerId");
  if (!id.ok()) return id.status();
  auto router = std::make_unique<RouterObject>();
  router->router = std::make_unique<Router>(*id);
  core.objects.Add(*id, router.get());
  core.routers.push_back(std::move(router));
  core.log.Debug("info", "router created [routerId:{}]", *id);
  return Answer();
}

Result WorkerCloseRouter(Call& call, Core& core, const fbs::worker::CloseRouterRequest& body) {
  const std::string id = body.router_id() ? body.router_id()->str() : "";
  RouterObject* router = core.objects.Find<RouterObject>(id);
  if (!router) return NotFound("Router", id);
  CloseRouter(call, *router);
  return Answer();
}

void CloseRouter(Call& call, RouterObject& router) {
  Core& core = call.core;
  const std::string id = router.id();
  while (!router.observers.empty()) CloseObserver(core, *router.observers.back());
  while (!router.transports.empty()) CloseTransport(call, *router.transports.back());
  core.objects.Remove(id);
  std::erase_if(core.routers, [&router](const auto& r) { return r.get() == &router; });
  core.log.Debug("info", "router closed [routerId:{}]", id);
}

}  // namespace sluice::handlers
