// Any bytes as the payload of any codec; the first byte chooses. What is found must lie inside the payload.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "rtc/codec/frame_info.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluice::codec::MediaCodec;
  if (size == 0) return 0;
  auto codec = static_cast<MediaCodec>(data[0] % (static_cast<uint8_t>(MediaCodec::kOther) + 1));
  // A copy of the exact size, so that a sanitizer sees every byte too far.
  const std::vector<uint8_t> payload(data + 1, data + size);
  auto info = sluice::codec::Parse(codec, payload);
  if (info.picture_id && info.picture_id_offset + (info.picture_id_bits == 15 ? 1u : 0u) >= payload.size()) abort();
  if (info.tl0_pic_idx && info.tl0_pic_idx_offset >= payload.size()) abort();
  if (info.key_idx && info.key_idx_offset >= payload.size()) abort();
  return 0;
}
