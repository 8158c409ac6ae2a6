#include "test/bwe/media_flow.h"

#include <algorithm>
#include <utility>

namespace sluice::bwe {
namespace {

constexpr int kPacket = 1200;       // on the line
constexpr int kHeaders = 60;        // IP, UDP, RTP with extensions, SRTP
constexpr int kPadding = 256 + 40;  // RTP padding is at most 255 bytes
constexpr TimeDelta kAudioInterval = TimeDelta::Millis(20);
constexpr TimeDelta kDrive = TimeDelta::Millis(25);
// Beyond it the oldest frames are given up: as the pacer of a transport does.
constexpr TimeDelta kMaxHold = TimeDelta::Millis(250);
constexpr int kFeedbackSize = 80;

}  // namespace

MediaFlow::MediaFlow(Scheduler& scheduler, Config config, std::unique_ptr<Source> source, Route::Config forth,
                     Route::Config back, uint64_t seed)
    : scheduler_(scheduler),
      config_(config),
      source_(std::move(source)),
      forth_(scheduler, std::move(forth), seed * 2),
      back_(scheduler, std::move(back), seed * 2 + 1) {
  controller_.SetBounds(config_.min, config_.start, config_.max);
  controller_.SetElastic(source_->is_elastic());
}

void MediaFlow::Start() {
  running_ = true;
  scheduler_.Every(kDrive, [this] { Drive(); });
  scheduler_.Every(Source::kFrameInterval, [this] { OnFrame(); });
  if (config_.audio > DataRate::Zero()) scheduler_.Every(kAudioInterval, [this] { OnAudio(); });
}

void MediaFlow::Drive() {
  const Timestamp now = scheduler_.now();
  if (controller_.deadline() <= now) controller_.OnTimer(now);
  const DataRate audio = config_.audio * (1 + kHeaders * 8 / (config_.audio.bps() * kAudioInterval.seconds() + 1));
  const auto of_video = [&](DataRate target) { return target - std::min(audio, target); };
  const DataRate budget = source_->is_elastic() ? controller_.target() : controller_.lasting_target();
  source_->SetBudget(of_video(budget), of_video(controller_.held_target()), now);
  const DataRate next = source_->next_rate();
  const DataRate allocated = running_ ? source_->rate() + audio : DataRate::Zero();
  controller_.SetDemand(allocated, running_ && next > DataRate::Zero() ? next + audio : DataRate::Zero(), now);
  Record::Bin& bin = record_.At(scheduler_.elapsed());
  bin.target_kbps = controller_.target().kbps();
  bin.switches = source_->switches();
  const BandwidthController::Snapshot believed = controller_.snapshot();
  bin.competing = believed.competing;
  bin.capacity_kbps = believed.link_capacity.value_or(DataRate::Zero()).kbps();
  bin.delay_us = std::max(bin.delay_us, believed.queue_delay.us());
  bin.tolerable_us = believed.tolerable.us();
  bin.by_loss = believed.limit == BandwidthController::Limit::kLoss;
  bin.probes = believed.probes;
  bin.hold_us = std::max(bin.hold_us, Held().us());
  Pump();
}

void MediaFlow::OnFrame() {
  if (!running_) return;
  const auto bytes = static_cast<int>(source_->NextFrame(scheduler_.now()).bytes());
  const int packets = std::max(1, (bytes + kPacket - 1) / kPacket);
  for (int i = 0; i < packets; ++i) video_.push_back({std::max(100, bytes / packets), scheduler_.now(), false});
  video_bytes_ += bytes;
  while (!video_.empty() && scheduler_.now() - video_.front().since > kMaxHold) video_.pop_front();
  Pump();
}

void MediaFlow::OnAudio() {
  if (!running_) return;
  const DataSize payload = config_.audio * kAudioInterval;
  audio_.push_back({static_cast<int>(payload.bytes()) + kHeaders, scheduler_.now(), true});
  Pump();
}

TimeDelta MediaFlow::Held() const {
  return video_.empty() ? TimeDelta::Zero() : scheduler_.now() - video_.front().since;
}

// Audio at once, video at the pacing rate, and what a probe lacks as padding.
void MediaFlow::Pump() {
  const Timestamp now = scheduler_.now();
  for (; !audio_.empty(); audio_.pop_front()) SendOne(audio_.front().size, config_.audio_numbered, 0);
  if (now < free_at_) return;
  if (!probe_ && config_.probes && running_) {
    probe_ = controller_.TakeProbe(now);
    probe_bytes_ = probe_packets_ = 0;
  }
  if (!probe_ && video_.empty()) return;
  int size = kPadding;
  if (!video_.empty()) {
    size = video_.front().size;
    video_.pop_front();
  }
  const DataRate rate = probe_ ? probe_->rate : controller_.pacing_rate();
  SendOne(size, true, probe_ ? probe_->id : uint16_t{0});
  if (probe_) {
    probe_bytes_ += size;
    if (++probe_packets_ >= probe_->packets && probe_bytes_ >= probe_->size.bytes()) probe_.reset();
  }
  free_at_ = now + DataSize::Bytes(size) / rate;
  if (std::exchange(pump_planned_, true)) return;
  scheduler_.At(free_at_, [this] {
    pump_planned_ = false;
    Pump();
  });
}

void MediaFlow::SendOne(int size, bool numbered, uint16_t probe) {
  const SeqNum seq = next_;
  const auto rtp = static_cast<size_t>(size - kPacketOverhead.bytes());
  if (numbered) {
    controller_.OnSent(history_.OnSent(seq, rtp, probe, scheduler_.now()));
    next_ = next_ + 1;
  } else {
    history_.OnSentUnnumbered(rtp, scheduler_.now());
  }
  Record::Bin& bin = record_.At(scheduler_.elapsed());
  bin.sent += size;
  ++bin.packets;
  ++bin.lost;  // until it arrives
  const TimeDelta sent = scheduler_.elapsed();
  forth_.Send(size, [this, seq, size, numbered, sent](TimeDelta queued) {
    --record_.At(sent).lost;
    OnArrival(seq, size, numbered, queued);
  });
}

void MediaFlow::OnArrival(SeqNum seq, int size, bool numbered, TimeDelta queued) {
  record_.OnArrived(scheduler_.elapsed(), size, queued);
  if (!numbered) return;
  generator_.OnPacket(seq, scheduler_.now());
  if (std::exchange(feedback_planned_, true)) return;
  scheduler_.At(generator_.deadline(), [this] { SendFeedback(); });
}

void MediaFlow::SendFeedback() {
  feedback_planned_ = false;
  while (auto feedback = generator_.Next(Ssrc(1), Ssrc(2))) {
    const int size = kFeedbackSize + static_cast<int>(feedback->packets.size()) * 2;
    auto told = std::make_shared<rtcp::TransportFeedback>(std::move(*feedback));
    back_.Send(size, [this, told](TimeDelta) {
      controller_.OnFeedback(history_.OnFeedback(*told, scheduler_.now()));
      Drive();
    });
  }
}

}  // namespace sluice::bwe
