// The recorded streams are whole, and the decoders are strict enough to judge others by: as recorded everything decodes,
// so does what is left when layers are cut, and a picture that others need is missed by somebody.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "test/support/decode/depacketizer.h"
#include "test/support/decode/reference_frames.h"
#include "test/support/decode/rtp_vector.h"
#include "test/support/decode/video_decoder.h"

namespace sluice::testing_support {
namespace {

class VectorsTest : public ::testing::TestWithParam<std::string> {
 protected:
  VectorsTest() : vector(*ReadVector(GetParam())), reference(vector) {}

  // Of one stream, for a receiver of these layers.
  std::vector<Picture> Cut(size_t stream, int spatial, int temporal) const {
    std::vector<Picture> cut;
    for (const Picture& picture : reference.pictures(stream)) {
      Picture left = CutLayers(vector, picture, spatial, temporal);
      if (!left.layers.empty()) cut.push_back(std::move(left));
    }
    return cut;
  }

  // What decoder and reference say when these pictures, and no others, are decoded.
  std::vector<std::string> Decode(const std::vector<Picture>& pictures) const {
    const auto decoder = VideoDecoder::Make(vector.codec);
    std::vector<std::string> errors;
    for (const Picture& picture : pictures) {
      std::vector<DecodedFrame> frames;
      if (auto error = decoder->Decode(picture, frames); !error.empty()) errors.push_back(error);
      for (const auto& frame : frames) {
        if (auto error = reference.Compare(frame); !error.empty()) errors.push_back(error);
      }
    }
    return errors;
  }

  const RtpVector vector;
  const ReferenceFrames reference;
};

TEST_P(VectorsTest, EveryStreamDecodesAsRecorded) {
  EXPECT_EQ(reference.errors(), std::vector<std::string>());
  std::map<std::string, int> count;
  for (size_t stream = 0; stream < vector.stream_count; ++stream) {
    EXPECT_GE(reference.pictures(stream).size(), 20u);
    EXPECT_TRUE(reference.pictures(stream).front().key());
    int keys = 0;
    for (const Picture& picture : reference.pictures(stream)) {
      keys += picture.key();
      for (const auto& layer : picture.layers) {
        ++count[fmt::format("{}: {}.{}", stream, layer.spatial_layer, layer.temporal_layer)];
      }
    }
    EXPECT_GE(keys, 4);
  }
  for (const auto& [what, frames] : count) std::cout << what << " " << frames << "\n";
}

TEST_P(VectorsTest, EveryLayerDecodesWithoutThoseAboveIt) {
  for (size_t stream = 0; stream < vector.stream_count; ++stream) {
    for (int spatial = 0; spatial < vector.spatial_layers(); ++spatial) {
      for (int temporal = 0; temporal < vector.temporal_layers(); ++temporal) {
        EXPECT_EQ(Decode(Cut(stream, spatial, temporal)), std::vector<std::string>())
            << stream << ": " << spatial << "." << temporal;
      }
    }
  }
}

TEST_P(VectorsTest, APictureThatOthersNeedIsMissed) {
  for (size_t stream = 0; stream < vector.stream_count; ++stream) {
    const auto pictures = Cut(stream, vector.spatial_layers() - 1, vector.temporal_layers() - 1);
    int tried = 0;
    for (size_t i = 1; i + 1 < pictures.size() && tried < 3; ++i) {
      const bool needed = pictures[i].layers[0].temporal_layer == 0 && !pictures[i].key() && !pictures[i + 1].key();
      if (!needed) continue;
      auto rest = pictures;
      rest.erase(rest.begin() + static_cast<ptrdiff_t>(i));
      EXPECT_FALSE(Decode(rest).empty()) << stream << ": picture " << i;
      ++tried;
    }
    EXPECT_EQ(tried, 3);
  }
}

TEST_P(VectorsTest, APacketThatIsMissingIsMissed) {
  for (uint8_t stream = 0; stream < vector.stream_count; ++stream) {
    std::vector<const RtpVector::Record*> records;
    for (const auto& record : vector.records) {
      if (record.stream == stream) records.push_back(&record);
    }
    for (size_t missing = 1; missing + 1 < records.size(); missing += 7) {
      const auto depacketizer = Depacketizer::Make(vector.codec, vector.descriptor_id);
      for (size_t i = 0; i < records.size(); ++i) {
        if (i != missing) depacketizer->Take(records[i]->packet);
      }
      EXPECT_FALSE(depacketizer->TakeErrors().empty()) << int{stream} << ": packet " << missing;
    }
  }
}

std::string Named(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, VectorsTest, ::testing::ValuesIn(VectorNames()), Named);

}  // namespace
}  // namespace sluice::testing_support
