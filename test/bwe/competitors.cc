#include "test/bwe/competitors.h"

#include <algorithm>
#include <cmath>

namespace sluice::bwe {
namespace {

constexpr double kBeta = 0.7;
constexpr double kC = 0.4;
constexpr int64_t kReordering = 3;
constexpr TimeDelta kTimeout = TimeDelta::Seconds(1);

}  // namespace

void TcpFlow::Start(std::optional<int64_t> bytes, std::function<void()> done) {
  running_ = true;
  done_ = std::move(done);
  left_ = bytes ? std::optional(*bytes / kSegment + 1) : std::nullopt;
  window_ = 10;
  threshold_ = 1e9;
  max_window_ = 0;
  decreased_at_ = Timestamp::Never();
  SendMore();
  WatchTimeout(epoch_);
}

void TcpFlow::SendMore() {
  while (running_ && static_cast<double>(unacked_.size()) < window_ && (!left_ || *left_ > 0)) {
    const int64_t number = next_++;
    if (left_) --*left_;
    unacked_[number] = scheduler_.now();
    record_.At(scheduler_.elapsed()).sent += kSegment;
    forth_.Send(kSegment, [this, number](TimeDelta queued) {
      record_.OnArrived(scheduler_.elapsed(), kSegment, queued);
      scheduler_.After(back_delay_, [this, number] { OnAck(number); });
    });
  }
}

double TcpFlow::CubicWindow() const {
  const double k = std::cbrt(max_window_ * (1 - kBeta) / kC);
  const double t = (scheduler_.now() - decreased_at_ + rtt_).seconds() - k;
  return kC * t * t * t + max_window_;
}

void TcpFlow::OnAck(int64_t number) {
  const auto sent = unacked_.find(number);
  if (sent == unacked_.end()) return;
  rtt_ = scheduler_.now() - sent->second;
  unacked_.erase(sent);
  ++epoch_;
  bool lost = false;
  while (!unacked_.empty() && unacked_.begin()->first < number - kReordering) {
    lost |= unacked_.begin()->first >= recover_;
    if (left_) ++*left_;  // it is sent again, under a new number
    unacked_.erase(unacked_.begin());
  }
  if (lost) {
    OnLoss();
  } else if (window_ < threshold_) {
    window_ += 1;
  } else {
    reno_ += 3 * (1 - kBeta) / (1 + kBeta) / reno_;
    const double wanted = std::max(reno_, CubicWindow());
    if (wanted > window_) window_ += std::min(0.5, (wanted - window_) / window_);
  }
  if (left_ && *left_ == 0 && unacked_.empty()) {
    running_ = false;
    if (done_) done_();
    return;
  }
  SendMore();
}

void TcpFlow::OnLoss() {
  recover_ = next_;
  max_window_ = window_ < max_window_ ? window_ * (1 + kBeta) / 2 : window_;
  window_ = threshold_ = reno_ = std::max(2.0, window_ * kBeta);
  decreased_at_ = scheduler_.now();
}

// All that is under way was lost.
void TcpFlow::WatchTimeout(int64_t epoch) {
  scheduler_.After(kTimeout, [this, epoch] {
    if (!running_) return;
    if (epoch_ == epoch && !unacked_.empty()) {
      if (left_) *left_ += static_cast<int64_t>(unacked_.size());
      unacked_.clear();
      OnLoss();
      window_ = 1;
      SendMore();
    }
    WatchTimeout(epoch_);
  });
}

void UdpFlow::Start() {
  running_ = true;
  constexpr int kSize = 1000;
  scheduler_.Every(DataSize::Bytes(kSize) / rate_, [this] {
    if (running_) forth_.Send(kSize, [](TimeDelta) {});
  });
}

}  // namespace sluice::bwe
