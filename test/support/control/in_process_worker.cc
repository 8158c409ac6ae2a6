#include "test/support/control/in_process_worker.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "channel/verify.h"
#include "rtc/base/check.h"

namespace sluice::control {
namespace {

using fbs::request::Body;
using fbs::request::Method;

constexpr int kManyTurns = 1'000'000;  // of the loop, without an answer: somebody waits in vain

std::string BytesOf(const fbs::response::Response& response) {
  fbs::response::ResponseT copy;
  response.UnPackTo(&copy);
  copy.id = 0;  // every request has another
  flatbuffers::FlatBufferBuilder b;
  b.Finish(fbs::response::Response::Pack(b, &copy));
  return {reinterpret_cast<const char*>(b.GetBufferPointer()), b.GetSize()};
}

fbs::worker::DumpResponseT DumpOf(const InProcessWorker::Reply& reply) {
  fbs::worker::DumpResponseT dump;
  flatbuffers::GetRoot<fbs::response::Response>(reply.answer.data())->body_as_WorkerDump()->UnPackTo(&dump);
  return dump;
}

// Scores fall with time when no media comes, whatever is asked meanwhile.
void ForgetScores(std::vector<std::unique_ptr<fbs::stream::DumpT>>& streams) {
  for (auto& stream : streams) stream->score = 0;
}

// The answer without what time alone changes.
std::string Timeless(const std::vector<uint8_t>& answer) {
  fbs::response::ResponseT response;
  flatbuffers::GetRoot<fbs::response::Response>(answer.data())->UnPackTo(&response);
  if (auto* producer = response.body.AsProducerDump()) ForgetScores(producer->rtp_streams);
  if (auto* consumer = response.body.AsConsumerDump()) ForgetScores(consumer->data->rtp_streams);
  flatbuffers::FlatBufferBuilder b;
  b.Finish(fbs::response::CreateResponse(b, &response));
  return {reinterpret_cast<const char*>(b.GetBufferPointer()), b.GetSize()};
}

}  // namespace

InProcessWorker::InProcessWorker() {
  signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop_);
  int in[2], out[2];
  SLUICE_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) == 0);
  SLUICE_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) == 0);
  to_worker_ = in[0];
  from_worker_ = out[0];
  auto worker = Worker::Create(&loop_, Settings(), in[1], out[1], [this](std::string_view) { ended_ = true; });
  SLUICE_CHECK(worker.ok());
  worker_ = *std::move(worker);
  worker_->Start();
}

InProcessWorker::~InProcessWorker() {
  worker_.reset();
  close(to_worker_), close(from_worker_);
  uv_run(&loop_, UV_RUN_DEFAULT);
  SLUICE_CHECK(uv_loop_close(&loop_) == 0);
}

void InProcessWorker::Send(std::span<const uint8_t> bytes) {
  while (!bytes.empty() && !ended_) {
    const ssize_t n = send(to_worker_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (n > 0) bytes = bytes.subspan(static_cast<size_t>(n));
    if (!bytes.empty()) uv_run(&loop_, UV_RUN_NOWAIT);
  }
}

void InProcessWorker::OnMessage(const fbs::message::Message& message, uint32_t id, uint32_t fence, Reply& reply,
                                bool& fenced) {
  if (const auto* n = message.data_as_Notification()) reply.events.emplace_back(n->event(), n->handler_id()->str());
  if (const auto* log = message.data_as_Log()) reply.logs.push_back(log->data()->str());
  const auto* response = message.data_as_Response();
  if (!response) return;
  if (response->id() == fence) {
    fenced = true;
  } else if (response->id() != id) {
    ++reply.stray_answers;
  } else {
    ++reply.answers;
    reply.accepted = response->accepted();
    reply.error = response->error() ? response->error()->str() : "";
    reply.reason = response->reason() ? response->reason()->str() : "";
    const std::string bytes = BytesOf(*response);
    reply.answer.assign(bytes.begin(), bytes.end());
  }
}

void InProcessWorker::Receive(uint32_t id, uint32_t fence, Reply& reply, bool& fenced) {
  static std::vector<uint8_t> buffer(1 << 18);
  for (ssize_t n; (n = recv(from_worker_, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
    assembler_.Feed({buffer.data(), static_cast<size_t>(n)}, [&](std::span<const uint8_t> frame) {
      SLUICE_CHECK(VerifyFrame(frame) == FrameState::kGood);
      OnMessage(MessageOf(frame), id, fence, reply, fenced);
      return true;
    });
  }
}

InProcessWorker::Reply InProcessWorker::Exchange(std::span<const uint8_t> frame, uint32_t id) {
  uint32_t fence = ++last_id_;
  if (fence == id) fence = ++last_id_;
  flatbuffers::FlatBufferBuilder b;
  const auto request = fbs::request::CreateRequest(b, fence, Method::WorkerGetResourceUsage);
  b.FinishSizePrefixed(fbs::message::CreateMessage(b, fbs::message::Body::Request, request.Union()));
  Reply reply;
  bool fenced = false;
  Send(frame);
  Send({b.GetBufferPointer(), b.GetSize()});
  for (int turn = 0; !fenced && !ended_; ++turn) {
    SLUICE_CHECK(turn < kManyTurns);
    uv_run(&loop_, UV_RUN_NOWAIT);
    Receive(id, fence, reply, fenced);
  }
  return reply;
}

InProcessWorker::Reply InProcessWorker::Request(Method method, const std::string& handler_id, Body type,
                                                flatbuffers::FlatBufferBuilder* body_builder,
                                                flatbuffers::Offset<void> body) {
  flatbuffers::FlatBufferBuilder own;
  flatbuffers::FlatBufferBuilder& b = body_builder ? *body_builder : own;
  const uint32_t id = ++last_id_;
  const auto request = fbs::request::CreateRequest(b, id, method, b.CreateString(handler_id), type, body);
  b.FinishSizePrefixed(fbs::message::CreateMessage(b, fbs::message::Body::Request, request.Union()));
  return Exchange({b.GetBufferPointer(), b.GetSize()}, id);
}

bool InProcessWorker::DumpResponses(Method method, const std::string& id, std::string& out) {
  const Reply reply = Request(method, id);
  if (!reply.accepted) return false;
  out += Timeless(reply.answer);
  return true;
}

std::vector<std::string> InProcessWorker::Ids() {
  const Reply reply = Request(Method::WorkerDump);
  return reply.accepted ? DumpOf(reply).channel_message_handlers->channel_request_handlers : std::vector<std::string>();
}

std::string InProcessWorker::Dump() {
  std::string out;
  DumpResponses(Method::WorkerDump, "", out);
  for (const std::string& id : Ids()) {
    for (Method method : {Method::WebRtcServerDump, Method::RouterDump, Method::TransportDump, Method::ProducerDump,
                          Method::ConsumerDump, Method::DataProducerDump, Method::DataConsumerDump}) {
      if (DumpResponses(method, id, out)) break;
    }
  }
  return out;
}

void InProcessWorker::CloseAll() {
  const Reply reply = Request(Method::WorkerDump);
  if (!reply.accepted) return;
  const fbs::worker::DumpResponseT dump = DumpOf(reply);
  for (const std::string& id : dump.router_ids) {
    flatbuffers::FlatBufferBuilder b;
    const auto body = fbs::worker::CreateCloseRouterRequest(b, b.CreateString(id));
    SLUICE_CHECK(Request(Method::WorkerCloseRouter, "", Body::WorkerCloseRouter, &b, body.Union()).accepted);
  }
  for (const std::string& id : dump.web_rtc_server_ids) {
    flatbuffers::FlatBufferBuilder b;
    const auto body = fbs::worker::CreateCloseWebRtcServerRequest(b, b.CreateString(id));
    SLUICE_CHECK(
        Request(Method::WorkerWebRtcServerClose, "", Body::WorkerCloseWebRtcServer, &b, body.Union()).accepted);
  }
}

size_t InProcessWorker::OpenDescriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace sluice::control
