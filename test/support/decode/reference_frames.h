// What each frame of a vector looks like when nothing is missing: the measure for all that is forwarded of it. A frame
// that is decoded from other references than its encoder's looks different, whether the decoder notices or not.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "test/support/decode/rtp_vector.h"
#include "test/support/decode/video_decoder.h"

namespace sluice::testing_support {

// What a receiver of these layers needs of the picture; maybe nothing.
Picture CutLayers(const RtpVector& vector, const Picture& picture, int spatial, int temporal);

class ReferenceFrames {
 public:
  // Depacketises all streams, and decodes each as often as it has spatial layers, for a receiver of each.
  explicit ReferenceFrames(const RtpVector& vector);

  // Empty if `frame` looks as it should; what is wrong otherwise.
  std::string Compare(const DecodedFrame& frame) const;
  // Where in the vector its bytes are.
  struct Origin {
    int stream = 0;
    int spatial_layer = 0;  // inside the stream
    int temporal_layer = 0;
    uint32_t timestamp = 0;
    bool unique = true;  // false: there is another frame of the same bytes
  };
  // Null for bytes that are not in it.
  const Origin* OriginOf(const DecodedFrame& frame) const;

  // The pictures of one stream, in their order.
  const std::vector<Picture>& pictures(size_t stream) const { return pictures_[stream]; }
  size_t frames() const { return frames_.size(); }
  // Of the depacketiser and the decoder.
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  struct Frame {
    Origin origin;
    std::set<uint64_t> pixels;  // one, if it is unique
    int width = 0;
    int height = 0;
  };
  void Depacketize(const RtpVector& vector);
  void Note(const DecodedFrame& decoded, const Picture& picture, int stream);
  void DecodeFor(const RtpVector& vector, int stream, int spatial);
  std::vector<uint64_t> BeginningsOf(std::span<const uint8_t> data) const;

  const VideoCodec codec_;
  std::vector<std::vector<Picture>> pictures_;
  std::map<uint64_t, Frame> frames_;  // by checksum of their bytes
  std::vector<std::string> errors_;
};

}  // namespace sluice::testing_support
