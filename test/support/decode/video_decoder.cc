#include "test/support/decode/video_decoder.h"

#include "test/support/decode/depacketizers.h"

namespace sluice::testing_support {

std::unique_ptr<VideoDecoder> VideoDecoder::Make(VideoCodec codec) {
  switch (codec) {
    case VideoCodec::kVp8:
    case VideoCodec::kVp9:
      return MakeVpxDecoder(codec);
    case VideoCodec::kH264:
    case VideoCodec::kH265:
      return MakeLibavDecoder(codec);
    case VideoCodec::kAv1:
      return MakeDav1dDecoder();
  }
  return nullptr;
}

std::unique_ptr<Depacketizer> Depacketizer::Make(VideoCodec codec, [[maybe_unused]] uint8_t descriptor_id) {
  switch (codec) {
    case VideoCodec::kVp8:
      return MakeVp8Depacketizer();
    case VideoCodec::kVp9:
      return MakeVp9Depacketizer();
    case VideoCodec::kH264:
      return MakeH264Depacketizer();
    case VideoCodec::kH265:
      return MakeH265Depacketizer();
    case VideoCodec::kAv1:
      return MakeAv1Depacketizer();
  }
  return nullptr;
}

}  // namespace sluice::testing_support
