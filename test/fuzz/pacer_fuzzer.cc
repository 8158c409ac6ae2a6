// Traffic of several flows in any order and at any rate, against the pacer. The input is a list of steps: packets come and
// leave, time passes, too much is shed, flows come and go, rates and priorities change.
//
// Whatever comes: each flow keeps its order and loses nothing; repetitions leave before video; what was begun is ended, and a
// key frame is given up only for a later one; no more leaves than the rate and a burst allow; no more waits than may; and
// whatever waits leaves in the end.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/cc/pacer.h"

namespace sluice {
namespace {

constexpr size_t kMaxFlows = 6;

// What should happen, in the plainest words.
struct Flow {
  struct Waiting {
    int64_t number = 0;
    uint32_t frame = 0;
    bool has_size = false;
    bool key_frame = false;
  };
  Pacer::FlowId id = 0;
  bool is_video = true;
  std::deque<Waiting> waiting;
  int64_t next_number = 0;
  uint32_t frame = 0;  // of the last packet that came
  bool key_frame = false;
  uint32_t begun = UINT32_MAX;  // the last frame of which a packet left
};

class World {
 public:
  explicit World(ByteReader& in) : in_(in) {}

  void Step() {
    switch (in_.U8() % 10) {
      case 0:
        return Advance(TimeDelta::Micros(int64_t{in_.U16()} << (in_.U8() % 8)));
      case 1:
        return Enqueue();
      case 2:
        return SetRate(DataRate::KilobitsPerSec(in_.U16()));
      case 3:
        return Charge(DataSize::Bytes(in_.U16() % 1500));
      case 4:
        return in_.U8() & 1 ? AddFlow() : RemoveFlow();
      case 5:
        if (const Flow* flow = AnyFlow()) pacer_.SetPriority(flow->id, in_.U8());
        return;
      case 6:
        pacer_.SetUnlimited(in_.U8() & 1);
        return pacer_.SetEven(in_.U8() & 1);
      case 7:
        Release();
        return;
      case 8:
        return Shed();
      case 9:
        return WakeUp();
    }
  }

  // All that waits leaves, and not too late.
  void End() {
    SetRate(DataRate::KilobitsPerSec(1000));
    Release();
    for (int left = 1'000'000; pacer_.packets() > 0; --left) {
      SLUICE_CHECK(left > 0);
      WakeUp();
    }
    for (const Flow& flow : flows_) SLUICE_CHECK(flow.waiting.empty());
  }

 private:
  Flow* AnyFlow() { return flows_.empty() ? nullptr : &flows_[in_.U8() % flows_.size()]; }
  void Advance(TimeDelta time) { now_ += time; }

  void AddFlow() {
    if (flows_.size() == kMaxFlows) return;
    const bool is_video = in_.U8() & 3;
    flows_.push_back({.id = pacer_.AddFlow(is_video ? Pacer::Class::kVideo : Pacer::Class::kRepetition),
                      .is_video = is_video,
                      .waiting = {}});
  }
  void RemoveFlow() {
    Flow* flow = AnyFlow();
    if (!flow) return;
    pacer_.RemoveFlow(flow->id);
    flows_.erase(flows_.begin() + (flow - flows_.data()));
  }

  void Enqueue() {
    Flow* flow = AnyFlow();
    const uint8_t how = in_.U8();
    const DataSize size = DataSize::Bytes(in_.U8() * 6);
    for (int left = 1 + in_.U8() % (how & 1 ? 256 : 4); left > 0 && flow; --left) {
      const bool first = how & 2 || flow->next_number == 0;
      if (first) ++flow->frame;
      const bool sends = !(how & 4) && size > DataSize::Zero();
      const bool key_frame = first && (how & 0x70) == 0;
      if (first) flow->key_frame = key_frame && sends;
      const bool full = pacer_.packets() == Pacer::kMaxPackets;
      const bool taken = pacer_.Enqueue(flow->id,
                                        {.reference = {.seq = ExtSeqNum(flow->next_number)},
                                         .size = sends ? size : DataSize::Zero(),
                                         .frame = flow->frame,
                                         .key_frame = key_frame,
                                         .disposable = (how & 8) != 0},
                                        now_);
      SLUICE_CHECK(taken != full);
      if (!taken) {
        if (first) flow->key_frame = false;  // what follows is no key frame without its beginning
        return;
      }
      flow->waiting.push_back({flow->next_number++, flow->frame, sends, flow->key_frame});
    }
    Check();
  }

  void SetRate(DataRate rate) {
    Refill();
    rate_ = rate;
    pacer_.SetRate(rate, now_);
  }
  void Charge(DataSize size) {
    pacer_.Charge(size);
    budget_ -= size;
  }
  // As much as may leave at most.
  void Refill() {
    if (now_ == filled_at_) return;
    const DataRate rate = std::max(rate_, pacer_.queued() / Pacer::kLongestQueueTime);
    const TimeDelta since = std::min(now_ - filled_at_, TimeDelta::Seconds(1));
    budget_ = std::min(budget_ + rate * since, std::max(rate * Pacer::kUnlimitedBurst, Pacer::kLeastBurst));
    filled_at_ = now_;
  }

  size_t Release() {
    size_t released = 0;
    for (;; ++released) {
      Refill();
      const DataSize queued = pacer_.queued();
      const auto one = pacer_.Next(now_);
      if (!one) break;
      const DataSize size = queued - pacer_.queued();
      Left(*one, size);
      Charge(size);
    }
    Check();
    return released;
  }
  void Left(const Pacer::Released& one, DataSize size) {
    const auto flow = std::ranges::find(flows_, one.flow, &Flow::id);
    SLUICE_CHECK(flow != flows_.end() && !flow->waiting.empty());
    const Flow::Waiting packet = flow->waiting.front();
    flow->waiting.pop_front();
    SLUICE_CHECK(one.reference.seq == ExtSeqNum(packet.number) && one.waited >= TimeDelta::Zero());
    const auto repeats = [](const Flow& other) { return !other.is_video && !other.waiting.empty(); };
    SLUICE_CHECK(!flow->is_video || std::ranges::none_of(flows_, repeats));
    SLUICE_CHECK(!one.shed || size == DataSize::Zero());
    SLUICE_CHECK(size == DataSize::Zero() || budget_ > DataSize::Zero());
    if (!packet.has_size) return;
    SLUICE_CHECK(one.shed == (size == DataSize::Zero()));
    if (!one.shed) {
      flow->begun = packet.frame;
      return;
    }
    const auto is_later_key = [&](const Flow::Waiting& other) {
      return other.key_frame && other.frame != packet.frame;
    };
    SLUICE_CHECK(flow->is_video && flow->begun != packet.frame);
    SLUICE_CHECK(!packet.key_frame || std::ranges::any_of(flow->waiting, is_later_key));
  }

  void Shed() {
    const size_t packets = pacer_.packets();
    for (size_t left = kMaxFlows + 1; const auto cut = pacer_.Shed(now_); --left) {
      SLUICE_CHECK(left > 0);
      const auto flow = std::ranges::find(flows_, *cut, &Flow::id);
      SLUICE_CHECK(flow != flows_.end() && flow->is_video);
    }
    SLUICE_CHECK(pacer_.packets() == packets);
    Check();
  }

  // When it says that something may leave, something does; but it counts on no more than a second of its rate at once.
  void WakeUp() {
    const bool idle = Release() == 0 && pacer_.packets() == 0;
    SLUICE_CHECK(pacer_.deadline().IsInfinite() == (pacer_.packets() == 0));
    if (idle || pacer_.packets() == 0) return;
    const TimeDelta until = pacer_.deadline() - now_;
    SLUICE_CHECK(until > TimeDelta::Zero());
    now_ += until;
    SLUICE_CHECK(Release() > 0 || until > TimeDelta::Seconds(1));
  }

  void Check() const {
    size_t packets = 0;
    for (const Flow& flow : flows_) packets += flow.waiting.size();
    SLUICE_CHECK(pacer_.packets() == packets && packets <= Pacer::kMaxPackets);
    SLUICE_CHECK(pacer_.queued() >= DataSize::Zero() && (packets > 0 || pacer_.queued() == DataSize::Zero()));
  }

  ByteReader& in_;
  Timestamp now_ = Timestamp::Seconds(1);
  Pacer pacer_{now_};
  std::vector<Flow> flows_;
  DataRate rate_;
  DataSize budget_ = Pacer::kLeastBurst;
  Timestamp filled_at_ = now_;
};

void Run(std::span<const uint8_t> data) {
  ByteReader in(data);
  World world(in);
  while (in.ok() && in.left() > 0) world.Step();
  world.End();
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run({data, size});
  return 0;
}
