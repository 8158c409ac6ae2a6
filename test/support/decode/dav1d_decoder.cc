#include <dav1d/dav1d.h>
#include <fmt/format.h>

#include <cstring>

#include "test/support/decode/video_decoder.h"

namespace sluice::testing_support {
namespace {

class Dav1dDecoder : public VideoDecoder {
 public:
  Dav1dDecoder() {
    Dav1dSettings settings;
    dav1d_default_settings(&settings);
    settings.n_threads = 1;
    settings.max_frame_delay = 1;
    settings.all_layers = 1;
    settings.apply_grain = 0;
    settings.logger = {.cookie = nullptr, .callback = [](void*, const char*, va_list) {}};
    if (dav1d_open(&context_, &settings) != 0) context_ = nullptr;
  }
  ~Dav1dDecoder() override {
    if (context_) dav1d_close(&context_);
  }
  Dav1dDecoder(const Dav1dDecoder&) = delete;
  Dav1dDecoder& operator=(const Dav1dDecoder&) = delete;

  std::string Decode(const Picture& picture, std::vector<DecodedFrame>& out) override {
    if (!context_) return "no decoder";
    static constexpr uint8_t kTemporalDelimiter[] = {0x12, 0};
    if (auto error = Send(kTemporalDelimiter); !error.empty()) return error;
    for (const auto& layer : picture.layers) {
      if (auto error = DecodeLayer(layer, out); !error.empty()) return error;
    }
    return {};
  }

 private:
  std::string Send(std::span<const uint8_t> obus) {
    Dav1dData data{};
    uint8_t* bytes = dav1d_data_create(&data, obus.size());
    if (!bytes) return "no memory";
    std::memcpy(bytes, obus.data(), obus.size());
    const int sent = dav1d_send_data(context_, &data);
    if (data.sz > 0) dav1d_data_unref(&data);
    return sent == 0 ? std::string() : fmt::format("dav1d_send_data gave {}", sent);
  }

  std::string DecodeLayer(const LayerFrame& layer, std::vector<DecodedFrame>& out) {
    if (auto error = Send(layer.data); !error.empty()) return error;
    Dav1dPicture image{};
    if (const int got = dav1d_get_picture(context_, &image); got != 0) return fmt::format("no frame came out: {}", got);
    out.push_back(Describe(image, layer));
    dav1d_picture_unref(&image);
    if (dav1d_get_picture(context_, &image) == 0) {
      dav1d_picture_unref(&image);
      return "more than one frame came out";
    }
    return {};
  }

  static DecodedFrame Describe(const Dav1dPicture& image, const LayerFrame& source) {
    PixelSum pixels;
    for (int plane = 0; plane < 3; ++plane) {
      const int half = plane != 0;
      pixels.Add(static_cast<const uint8_t*>(image.data[plane]), image.stride[half], (image.p.w + half) >> half,
                 (image.p.h + half) >> half);
    }
    return {.source = Checksum(source.data), .pixels = pixels.value(), .width = image.p.w, .height = image.p.h};
  }

  Dav1dContext* context_ = nullptr;
};

}  // namespace

std::unique_ptr<VideoDecoder> MakeDav1dDecoder() { return std::make_unique<Dav1dDecoder>(); }

}  // namespace sluice::testing_support
