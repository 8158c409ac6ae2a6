// The real decoders behind one face: libvpx for VP8 and VP9, dav1d for AV1, libavcodec for H.264 and H.265; each as
// strict as it can be made, single-threaded and without delay. A decoder hides much, so what comes out has a checksum to
// be compared with that of a decoder which got everything.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "test/support/decode/picture.h"
#include "test/support/decode/rtp_vector.h"

namespace sluice::testing_support {

struct DecodedFrame {
  uint64_t source = 0;  // checksum of the bytes of the LayerFrame that it was made of
  uint64_t pixels = 0;  // checksum
  int width = 0;
  int height = 0;
};

class VideoDecoder {
 public:
  static std::unique_ptr<VideoDecoder> Make(VideoCodec codec);
  virtual ~VideoDecoder() = default;

  // Appends what came out: a frame of the highest layer of the picture, of AV1 one of each layer. Returns what was
  // wrong; empty if nothing.
  virtual std::string Decode(const Picture& picture, std::vector<DecodedFrame>& out) = 0;
};

std::unique_ptr<VideoDecoder> MakeVpxDecoder(VideoCodec codec);
std::unique_ptr<VideoDecoder> MakeDav1dDecoder();
std::unique_ptr<VideoDecoder> MakeLibavDecoder(VideoCodec codec);

// Checksum of 8-bit planes, row by row.
class PixelSum {
 public:
  void Add(const uint8_t* plane, ptrdiff_t stride, int width, int height) {
    for (int y = 0; y < height; ++y) sum_ = Checksum({plane + y * stride, static_cast<size_t>(width)}, sum_);
  }
  uint64_t value() const { return sum_; }

 private:
  uint64_t sum_ = 0;
};

}  // namespace sluice::testing_support
