extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
}
#include <fmt/format.h>

#include <cstring>

#include "test/support/decode/video_decoder.h"

namespace sluice::testing_support {
namespace {

// libavcodec tells of a missing reference by its log alone.
thread_local std::string* complaints = nullptr;

void Listen(void*, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR || !complaints) return;
  char line[512];
  std::vsnprintf(line, sizeof line, format, arguments);
  complaints->append(line);
}

class LibavDecoder : public VideoDecoder {
 public:
  explicit LibavDecoder(VideoCodec codec) : packet_(av_packet_alloc()), frame_(av_frame_alloc()) {
    av_log_set_callback(Listen);
    const AVCodec* found = avcodec_find_decoder(codec == VideoCodec::kH264 ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC);
    context_ = avcodec_alloc_context3(found);
    context_->thread_count = 1;
    context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
    context_->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_CAREFUL;
    context_->error_concealment = 0;
    ready_ = avcodec_open2(context_, found, nullptr) == 0;
  }
  ~LibavDecoder() override {
    avcodec_free_context(&context_);
    av_packet_free(&packet_);
    av_frame_free(&frame_);
  }
  LibavDecoder(const LibavDecoder&) = delete;
  LibavDecoder& operator=(const LibavDecoder&) = delete;

  std::string Decode(const Picture& picture, std::vector<DecodedFrame>& out) override {
    if (!ready_) return "no decoder";
    std::string said;
    complaints = &said;
    std::string error = DecodeFrame(picture.layers[0], out);
    complaints = nullptr;
    return error.empty() ? said : error + " " + said;
  }

 private:
  std::string DecodeFrame(const LayerFrame& layer, std::vector<DecodedFrame>& out) {
    if (av_new_packet(packet_, static_cast<int>(layer.data.size())) != 0) return "no memory";
    std::memcpy(packet_->data, layer.data.data(), layer.data.size());
    const int sent = avcodec_send_packet(context_, packet_);
    av_packet_unref(packet_);
    if (sent != 0) return fmt::format("avcodec_send_packet gave {}", sent);
    if (avcodec_receive_frame(context_, frame_) != 0) return "no frame came out";
    if (frame_->decode_error_flags != 0 || frame_->flags & AV_FRAME_FLAG_CORRUPT) {
      return "the decoder calls the frame corrupt";
    }
    out.push_back(Describe(*frame_, layer));
    return {};
  }

  static DecodedFrame Describe(const AVFrame& image, const LayerFrame& source) {
    PixelSum pixels;
    for (int plane = 0; plane < 3; ++plane) {
      const int half = plane != 0;
      pixels.Add(image.data[plane], image.linesize[plane], (image.width + half) >> half, (image.height + half) >> half);
    }
    return {.source = Checksum(source.data), .pixels = pixels.value(), .width = image.width, .height = image.height};
  }

  AVPacket* packet_;
  AVFrame* frame_;
  AVCodecContext* context_ = nullptr;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<VideoDecoder> MakeLibavDecoder(VideoCodec codec) { return std::make_unique<LibavDecoder>(codec); }

}  // namespace sluice::testing_support
