#include "rtc/transport/ssrc_book.h"

namespace sluice {

void SsrcBook::Take(Ssrc ssrc) {
  in_use_.insert(ssrc);
  if (retired_.erase(ssrc) > 0) std::erase(order_, ssrc);
}

std::optional<Ssrc> SsrcBook::Retire(Ssrc ssrc, ExtSeqNum next) {
  in_use_.erase(ssrc);
  retired_[ssrc] = next;
  order_.push_back(ssrc);
  if (order_.size() <= kRetired) return std::nullopt;
  const Ssrc oldest = order_.front();
  order_.pop_front();
  retired_.erase(oldest);
  burnt_.insert(oldest);
  return oldest;
}

}  // namespace sluice
