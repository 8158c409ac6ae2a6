#include <fmt/format.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

#include "test/support/decode/video_decoder.h"

namespace sluice::testing_support {
namespace {

class VpxDecoder : public VideoDecoder {
 public:
  explicit VpxDecoder(VideoCodec codec) {
    auto* interface = codec == VideoCodec::kVp8 ? vpx_codec_vp8_dx() : vpx_codec_vp9_dx();
    vpx_codec_dec_cfg_t config{.threads = 1};
    ready_ = vpx_codec_dec_init(&context_, interface, &config, 0) == VPX_CODEC_OK;
  }
  ~VpxDecoder() override {
    if (ready_) vpx_codec_destroy(&context_);
  }
  VpxDecoder(const VpxDecoder&) = delete;
  VpxDecoder& operator=(const VpxDecoder&) = delete;

  // Layers of one picture go in one behind the other, as a receiver hands them over; the highest comes out.
  std::string Decode(const Picture& picture, std::vector<DecodedFrame>& out) override {
    if (!ready_) return "no decoder";
    std::vector<uint8_t> all;
    for (const auto& layer : picture.layers) all.insert(all.end(), layer.data.begin(), layer.data.end());
    if (vpx_codec_decode(&context_, all.data(), static_cast<unsigned>(all.size()), nullptr, 0) != VPX_CODEC_OK) {
      const char* detail = vpx_codec_error_detail(&context_);
      return fmt::format("{}: {}", vpx_codec_error(&context_), detail ? detail : "");
    }
    int corrupted = 0;
    if (vpx_codec_control(&context_, VP8D_GET_FRAME_CORRUPTED, &corrupted) != VPX_CODEC_OK || corrupted != 0) {
      return "the decoder calls the frame corrupt";
    }
    vpx_codec_iter_t iterator = nullptr;
    const vpx_image_t* image = vpx_codec_get_frame(&context_, &iterator);
    if (!image) return "no frame came out";
    if (vpx_codec_get_frame(&context_, &iterator)) return "more than one frame came out";
    out.push_back(Describe(*image, picture.layers.back()));
    return {};
  }

 private:
  static DecodedFrame Describe(const vpx_image_t& image, const LayerFrame& source) {
    PixelSum pixels;
    for (int plane = 0; plane < 3; ++plane) {
      const unsigned half = plane != 0;
      pixels.Add(image.planes[plane], image.stride[plane], static_cast<int>((image.d_w + half) >> half),
                 static_cast<int>((image.d_h + half) >> half));
    }
    return {.source = Checksum(source.data),
            .pixels = pixels.value(),
            .width = static_cast<int>(image.d_w),
            .height = static_cast<int>(image.d_h)};
  }

  vpx_codec_ctx_t context_{};
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<VideoDecoder> MakeVpxDecoder(VideoCodec codec) { return std::make_unique<VpxDecoder>(codec); }

}  // namespace sluice::testing_support
