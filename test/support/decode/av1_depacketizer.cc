// AV1 (RTP Payload Format For AV1, section 4). What Y says of a packet's last element, Z says of the next packet's first;
// a picture begins and ends with whole OBUs. N stands on the first packet of a key frame, which has a sequence header.
// OBUs come without sizes and leave with them, each layer's frame by itself.
#include <fmt/format.h>

#include <utility>

#include "rtc/base/bytes.h"
#include "test/support/decode/depacketizers.h"

namespace sluice::testing_support {
namespace {

constexpr int kSequenceHeader = 1;
constexpr int kTemporalDelimiter = 2;
constexpr int kTileList = 8;

std::optional<size_t> ReadLeb128(ByteReader& reader) {
  size_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const uint8_t byte = reader.U8();
    value |= static_cast<size_t>(byte & 0x7F) << (7 * i);
    if (!(byte & 0x80)) return reader.ok() ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

void AppendLeb128(size_t value, std::vector<uint8_t>& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

class Av1Depacketizer : public Depacketizer {
  void Add(const rtp::PacketView& packet, Picture& picture) override {
    const auto payload = packet.payload();
    const uint8_t head = payload[0];
    const bool continues = head & 0x80;
    const int count = head >> 4 & 3;
    if (continues != open_) Complain(continues ? "an OBU without a beginning" : "an OBU without an end");
    if (!continues) obu_.clear();
    if (picture.layers.empty() && !continues) new_sequence_ = head & 0x08;
    bool rest = continues && !open_;  // of an OBU whose beginning is lost
    ByteReader reader(payload.subspan(1));
    for (int i = 1; reader.left() > 0; ++i) {
      const auto size = i == count ? reader.left() : ReadLeb128(reader);
      const auto element = reader.Bytes(size.value_or(0));
      if (element.empty()) return Complain("an element that cannot be read");
      if (std::exchange(rest, false)) continue;
      obu_.insert(obu_.end(), element.begin(), element.end());
      open_ = reader.left() == 0 && head & 0x40;
      if (!open_) AddObu(picture);
      if (!open_) obu_.clear();
    }
  }

  void AddObu(Picture& picture) {
    const uint8_t head = obu_[0];
    const int type = head >> 3 & 15;
    const size_t header = head & 0x04 ? 2 : 1;
    if (head & 0x82 || obu_.size() < header) return Complain("an OBU with a size, or forbidden bits");
    if (type == kTemporalDelimiter || type == kTileList) return Complain("an OBU that RTP does not carry");
    const uint8_t layers = head & 0x04 ? obu_[1] : 0;
    const auto spatial = static_cast<uint8_t>(layers >> 3 & 3);
    if (picture.layers.empty() || (header == 2 && picture.layers.back().spatial_layer != spatial && has_frame_)) {
      Begin(picture, type, spatial, static_cast<uint8_t>(layers >> 5));
    } else if (type == kSequenceHeader && has_frame_) {  // an independent layer begins with one of its own
      Begin(picture, type, static_cast<uint8_t>(picture.layers.back().spatial_layer + 1), 0);
    } else if (header == 2) {  // a sequence header, which is of all layers, came first
      picture.layers.back().spatial_layer = spatial;
      picture.layers.back().temporal_layer = static_cast<uint8_t>(layers >> 5);
    }
    has_frame_ |= type != kSequenceHeader;
    auto& data = picture.layers.back().data;
    data.push_back(head | 0x02);
    if (header == 2) data.push_back(layers);
    AppendLeb128(obu_.size() - header, data);
    data.insert(data.end(), obu_.begin() + static_cast<ptrdiff_t>(header), obu_.end());
  }

  void Begin(Picture& picture, int type, uint8_t spatial, uint8_t temporal) {
    const bool lowest = picture.layers.empty();
    if (!lowest && spatial < picture.layers.back().spatial_layer) Complain("layers do not rise");
    const bool key = lowest && type == kSequenceHeader;
    if (lowest && key != new_sequence_) Complain("N and the sequence header do not agree");
    picture.layers.push_back({.spatial_layer = spatial, .temporal_layer = temporal, .key = key});
    has_frame_ = false;
  }

  void Finish(Picture&, bool) override {
    if (open_) Complain("an OBU without an end");
    open_ = false;
  }
  bool InFrame() const override { return open_; }
  void Drop() override {
    open_ = false;
    obu_.clear();
  }

  std::vector<uint8_t> obu_;
  bool open_ = false;       // the OBU goes on in the next packet
  bool has_frame_ = false;  // the last layer, besides a sequence header
  bool new_sequence_ = false;
};

}  // namespace

std::unique_ptr<Depacketizer> MakeAv1Depacketizer() { return std::make_unique<Av1Depacketizer>(); }

}  // namespace sluice::testing_support
