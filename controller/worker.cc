#include "controller/worker.h"

#include <fmt/format.h>

#include <csignal>

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/process.h"
#include "controller/random.h"
#include "controller/wire.h"

namespace sluice::controller {
namespace {

// The control protocol that this library speaks, as workers know it.
constexpr char kProtocolVersion[] = "MEDIASOUP_VERSION=3.27.1";
constexpr int kExitWrongSettings = 42;
constexpr std::chrono::milliseconds kCloseTimeout{2000};
// A process that closed its pipe is about to end; if not, it is of no use.
constexpr std::chrono::milliseconds kPipeEndTimeout{500};

std::vector<std::string> ArgumentsOf(const WorkerOptions& options) {
  std::vector<std::string> arguments;
  if (!options.log_level.empty()) arguments.push_back("--logLevel=" + options.log_level);
  for (const std::string& tag : options.log_tags) arguments.push_back("--logTag=" + tag);
  if (options.rtc_min_port != 0) arguments.push_back(fmt::format("--rtcMinPort={}", options.rtc_min_port));
  if (options.rtc_max_port != 0) arguments.push_back(fmt::format("--rtcMaxPort={}", options.rtc_max_port));
  if (!options.dtls_certificate_file.empty()) {
    arguments.push_back("--dtlsCertificateFile=" + options.dtls_certificate_file);
  }
  if (!options.dtls_private_key_file.empty()) {
    arguments.push_back("--dtlsPrivateKeyFile=" + options.dtls_private_key_file);
  }
  return arguments;
}

void IgnoreBrokenPipes() {
  struct sigaction action {};
  if (sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

absl::Status EndOf(int pid, int64_t code, int signal, bool starting, const std::string& last_words) {
  std::string text = signal != 0 ? fmt::format("was killed by signal {}", signal) : fmt::format("exited with {}", code);
  if (starting && signal == SIGKILL) text += ", for it did not say in time that it runs";
  if (!last_words.empty()) text += ": " + last_words;
  text = fmt::format("the worker process {} {}", pid, text);
  if (starting && signal == 0 && code == kExitWrongSettings) return absl::InvalidArgumentError(text);
  return absl::UnavailableError(text);
}

}  // namespace

Worker::Worker(std::shared_ptr<Connection> connection, std::unique_ptr<Process> process)
    : Object(std::move(connection), std::to_string(process->pid())),
      process_(std::move(process)),
      pid_(process_->pid()) {}

Worker::~Worker() = default;

std::shared_ptr<Worker> Worker::Self() { return std::static_pointer_cast<Worker>(shared_from_this()); }

void Worker::Start(uv_loop_t* loop, WorkerOptions options, Callback<std::shared_ptr<Worker>> done,
                   Handler<const LogLine&> log) {
  IgnoreBrokenPipes();
  // The worker is known by its pid, so its pipe and its process come before it.
  auto worker = std::make_shared<std::weak_ptr<Worker>>();
  auto connection = std::make_shared<Connection>(
      loop, options.request_timeout,
      Connection::Callbacks{.on_log =
                                [worker](std::string_view line) {
                                  auto self = worker->lock();
                                  if (self != nullptr && !line.empty()) {
                                    self->OnLine({LogLine::Source::kPipe, line[0], std::string(line.substr(1))});
                                  }
                                },
                            .on_end =
                                [worker](std::string_view why) {
                                  if (auto self = worker->lock()) self->OnPipeEnd(why);
                                }});
  auto process = std::make_unique<Process>(
      loop, Process::Callbacks{.on_line =
                                   [worker](bool is_error, std::string_view line) {
                                     const auto source = is_error ? LogLine::Source::kStderr : LogLine::Source::kStdout;
                                     auto self = worker->lock();
                                     if (self) self->OnLine({source, is_error ? 'E' : 'D', std::string(line)});
                                   },
                               .on_exit =
                                   [worker](int64_t code, int signal) {
                                     if (auto self = worker->lock()) self->OnExit(code, signal);
                                   }});
  Channel& channel = connection->channel();
  absl::Status status =
      process->Spawn(options.binary, ArgumentsOf(options), {kProtocolVersion}, channel.out(), channel.in());
  if (!status.ok()) {
    // The connection must last until it has answered.
    connection->Defer([connection, status, done = std::move(done)]() mutable { done(status); });
    connection->Close(status);
    return;
  }
  channel.Start();
  process->KillAfter(options.start_timeout);
  std::shared_ptr<Worker> self(new Worker(std::move(connection), std::move(process)));
  self->on.log = std::move(log);
  self->starting_ = std::move(done);
  self->self_ = self;
  *worker = self;
}

void Worker::OnNotification(const fbs::notification::Notification& notification) {
  if (notification.event() != fbs::notification::Event::WorkerRunning || !starting_) return;
  process_->Spare();
  auto done = std::exchange(starting_, nullptr);
  done(Self());
}

void Worker::OnLine(LogLine line) {
  if (line.level == 'E') last_words_ = line.text;
  Emit(on.log, line);
}

void Worker::OnPipeEnd(std::string_view why) {
  if (last_words_.empty()) last_words_ = why;
  process_->KillAfter(kPipeEndTimeout);
}

void Worker::OnExit(int64_t code, int signal) {
  const std::shared_ptr<Worker> self = std::exchange(self_, nullptr);
  const absl::Status status = EndOf(pid_, code, signal, starting_ != nullptr, last_words_);
  if (starting_) {
    MarkClosed();
    connection_->Close(status, Connection::Answer::kNow);
    auto done = std::exchange(starting_, nullptr);
    done(status);
  } else if (!closed()) {
    OnDied(status);
  }
  WorkerEvents last = std::exchange(on, {});
  if (last.exited) last.exited();
}

void Worker::OnDied(const absl::Status& status) {
  MarkClosed();
  died_ = true;
  connection_->Close(status, Connection::Answer::kNow);
  CloseChildren(CloseReason::kWorkerDied);
  if (auto died = std::exchange(on.died, nullptr)) died(status);
}

void Worker::Close() {
  auto self = shared_from_this();
  if (closed()) return;
  (void)connection_->Notify(fbs::notification::Event::WorkerClose, "");
  MarkClosed();
  connection_->Close(absl::CancelledError("the worker was closed"));
  process_->KillAfter(kCloseTimeout);
  CloseChildren(CloseReason::kParentClosed);
}

// A worker has no parent.
void Worker::OnParentClosed(CloseReason) {}

void Worker::CloseChildren(CloseReason reason) {
  CloseEach(std::exchange(routers_, {}), reason);
  CloseEach(std::exchange(webrtc_servers_, {}), reason);
}

void Worker::CreateRouter(RouterOptions options, Callback<std::shared_ptr<Router>> done) {
  if (closed()) return Refuse(std::move(done), ClosedError());
  absl::StatusOr<RtpCapabilities> capabilities =
      RouterRtpCapabilities(options.media_codecs, options.dependency_descriptors);
  if (!capabilities.ok()) return Refuse(std::move(done), capabilities.status());
  fbs::worker::CreateRouterRequestT request;
  request.router_id = RandomUuid();
  const std::string router_id = request.router_id;
  Call(Method::WorkerCreateRouter, "", Body(std::move(request)),
       [self = Self(), router_id, capabilities = *std::move(capabilities),
        done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         if (!response.ok()) {
           fbs::worker::CloseRouterRequestT close;
           close.router_id = router_id;
           if (absl::IsDeadlineExceeded(response.status())) {
             self->Call(Method::WorkerCloseRouter, "", Body(std::move(close)), nullptr);
           }
           if (done) done(response.status());
           return;
         }
         auto router = std::make_shared<Router>(self->connection_, router_id, self, std::move(capabilities));
         self->routers_[router_id] = router;
         if (done) done(std::move(router));
       });
}

void Worker::CreateWebRtcServer(WebRtcServerOptions options, Callback<std::shared_ptr<WebRtcServer>> done) {
  if (closed()) return Refuse(std::move(done), ClosedError());
  if (options.listen_infos.empty()) return Refuse(std::move(done), absl::InvalidArgumentError("listenInfos: is empty"));
  fbs::worker::CreateWebRtcServerRequestT request;
  request.web_rtc_server_id = RandomUuid();
  for (const ListenInfo& info : options.listen_infos) request.listen_infos.push_back(ToFbs(info));
  const std::string server_id = request.web_rtc_server_id;
  Call(Method::WorkerCreateWebRtcServer, "", Body(std::move(request)),
       [self = Self(), server_id, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         if (!response.ok()) {
           fbs::worker::CloseWebRtcServerRequestT close;
           close.web_rtc_server_id = server_id;
           if (absl::IsDeadlineExceeded(response.status())) {
             self->Call(Method::WorkerWebRtcServerClose, "", Body(std::move(close)), nullptr);
           }
           if (done) done(response.status());
           return;
         }
         auto server = std::make_shared<WebRtcServer>(self->connection_, server_id, self);
         self->webrtc_servers_[server_id] = server;
         if (done) done(std::move(server));
       });
}

void Worker::Dump(Callback<WorkerDump> done) {
  Call(Method::WorkerDump, "", NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<WorkerDump> {
         const auto* body = response.body_as_WorkerDump();
         if (body == nullptr) return UnreadableAnswer();
         WorkerDump dump{body->pid(), Texts(body->web_rtc_server_ids()), Texts(body->router_ids()), {}, {}};
         if (const auto* handlers = body->channel_message_handlers()) {
           dump.request_handlers = Texts(handlers->channel_request_handlers());
           dump.notification_handlers = Texts(handlers->channel_notification_handlers());
         }
         return dump;
       }));
}

void Worker::GetResourceUsage(Callback<ResourceUsage> done) {
  Call(Method::WorkerGetResourceUsage, "", NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<ResourceUsage> {
         const auto* body = response.body_as_WorkerResourceUsage();
         if (body == nullptr) return UnreadableAnswer();
         return ResourceUsage{.user_time_ms = body->ru_utime(),
                              .system_time_ms = body->ru_stime(),
                              .max_rss_kib = body->ru_maxrss(),
                              .shared_memory = body->ru_ixrss(),
                              .unshared_data = body->ru_idrss(),
                              .unshared_stack = body->ru_isrss(),
                              .minor_faults = body->ru_minflt(),
                              .major_faults = body->ru_majflt(),
                              .swaps = body->ru_nswap(),
                              .blocks_in = body->ru_inblock(),
                              .blocks_out = body->ru_oublock(),
                              .messages_sent = body->ru_msgsnd(),
                              .messages_received = body->ru_msgrcv(),
                              .signals = body->ru_nsignals(),
                              .voluntary_switches = body->ru_nvcsw(),
                              .involuntary_switches = body->ru_nivcsw()};
       }));
}

void Worker::UpdateSettings(const WorkerSettings& settings, DoneCallback done) {
  if (closed()) return Refuse(std::move(done), ClosedError());
  // By hand: from its struct, an empty list would not be written, and what is not there changes nothing.
  connection_->Request(
      Method::WorkerUpdateSettings, "", fbs::request::Body::WorkerUpdateSettings,
      [&settings](flatbuffers::FlatBufferBuilder& b) {
        flatbuffers::Offset<flatbuffers::String> level;
        if (settings.log_level) level = b.CreateString(*settings.log_level);
        flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> tags;
        if (settings.log_tags) tags = b.CreateVectorOfStrings(*settings.log_tags);
        return fbs::worker::CreateUpdateSettingsRequest(b, level, tags).Union();
      },
      Done(std::move(done)));
}

}  // namespace sluice::controller
