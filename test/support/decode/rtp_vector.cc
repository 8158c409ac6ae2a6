#include "test/support/decode/rtp_vector.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rtc/base/bytes.h"

namespace sluice::testing_support {
namespace {

const std::filesystem::path kFolder = SLUICE_VECTORS;  // set by CMake
constexpr uint8_t kVersion = 1;

std::string ReadText(ByteReader& reader, size_t size) {
  const auto bytes = reader.Bytes(size);
  return {bytes.begin(), bytes.end()};
}

bool ReadHeader(ByteReader& reader, RtpVector& vector) {
  if (ReadText(reader, 4) != "SLRV" || reader.U8() != kVersion) return false;
  vector.codec = static_cast<VideoCodec>(reader.U8());
  vector.payload_type = reader.U8();
  vector.stream_count = reader.U8();
  vector.clock_rate = reader.U32();
  vector.period = reader.U32();
  vector.descriptor_id = reader.U8();
  vector.mode = ReadText(reader, reader.U8());
  return reader.ok() && vector.clock_rate != 0 && vector.stream_count != 0 && vector.mode.size() >= 4;
}

}  // namespace

std::string MimeTypeOf(VideoCodec codec) {
  switch (codec) {
    case VideoCodec::kVp8:
      return "video/VP8";
    case VideoCodec::kVp9:
      return "video/VP9";
    case VideoCodec::kH264:
      return "video/H264";
    case VideoCodec::kH265:
      return "video/H265";
    case VideoCodec::kAv1:
      return "video/AV1";
  }
  return "";
}

std::vector<std::string> VectorNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".rtp") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::optional<RtpVector> ReadVector(const std::string& name) {
  std::ifstream file(kFolder / (name + ".rtp"), std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ByteReader reader(bytes);
  RtpVector vector{.name = name};
  if (!ReadHeader(reader, vector)) return std::nullopt;
  while (reader.left() > 0) {
    RtpVector::Record record{.stream = reader.U8(), .at = TimeDelta::Micros(reader.U32())};
    const auto packet = reader.Bytes(reader.U16());
    if (!reader.ok() || record.stream >= vector.stream_count) return std::nullopt;
    record.packet.assign(packet.begin(), packet.end());
    vector.records.push_back(std::move(record));
  }
  return vector;
}

}  // namespace sluice::testing_support
