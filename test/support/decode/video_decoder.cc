#include "test/support/decode/video_decoder.h"

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

}  // namespace sluice::testing_support
