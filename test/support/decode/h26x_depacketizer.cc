// H.264 (RFC 6184: single units, STAP-A, FU-A) and H.265 (RFC 7798: single units, aggregation packets, fragmentation
// units, without DONL). Fragments of a unit follow each other from its first to its last. A key frame brings its
// parameter sets. Everything else of these codecs is judged by their decoder, for nothing in RTP tells it.
#include <fmt/format.h>

#include "rtc/base/bytes.h"
#include "test/support/decode/depacketizers.h"

namespace sluice::testing_support {
namespace {

// What differs between the two.
struct H264Units {
  static constexpr size_t kHeader = 1;
  static constexpr int kAggregation = 24;
  static constexpr int kFragmentation = 28;
  static int Type(uint8_t first) { return first & 0x1F; }
  static int FragmentType(uint8_t fu) { return fu & 0x1F; }
  static uint8_t WithType(uint8_t first, int type) { return static_cast<uint8_t>((first & 0xE0) | type); }
  // The format names no layers. That nothing refers to a picture (nal_ref_idc), it does tell.
  static uint8_t TemporalLayer(std::span<const uint8_t> unit) { return (unit[0] & 0x60) == 0; }
  static bool IsKey(int type) { return type == 5; }
  static bool IsParameterSet(int type) { return type == 7; }
  static bool IsPicture(int type) { return type >= 1 && type <= 5; }
};

struct H265Units {
  static constexpr size_t kHeader = 2;
  static constexpr int kAggregation = 48;
  static constexpr int kFragmentation = 49;
  static int Type(uint8_t first) { return first >> 1 & 0x3F; }
  static int FragmentType(uint8_t fu) { return fu & 0x3F; }
  static uint8_t WithType(uint8_t first, int type) { return static_cast<uint8_t>((first & 0x81) | type << 1); }
  static uint8_t TemporalLayer(std::span<const uint8_t> unit) { return static_cast<uint8_t>((unit[1] & 7) - 1); }
  static bool IsKey(int type) { return type >= 16 && type <= 21; }
  static bool IsParameterSet(int type) { return type == 33; }
  static bool IsPicture(int type) { return type < 32; }
};

template <class Units>
class H26xDepacketizer : public Depacketizer {
  void Add(const rtp::PacketView& packet, Picture& picture) override {
    if (picture.layers.empty()) picture.layers.emplace_back(), has_parameters_ = false;
    const auto payload = packet.payload();
    if (payload.size() <= Units::kHeader) return Complain("a unit without content");
    const int type = Units::Type(payload[0]);
    if (type == Units::kFragmentation) return AddFragment(payload, picture.layers[0]);
    if (in_fragments_) Complain("a fragmented unit has no end");
    in_fragments_ = false;
    if (type != Units::kAggregation) return AddUnit(payload, picture.layers[0]);
    ByteReader reader(payload.subspan(Units::kHeader));
    while (reader.left() > 0) {
      const auto unit = reader.Bytes(reader.U16());
      if (!reader.ok() || unit.size() <= Units::kHeader) return Complain("an aggregate that cannot be read");
      AddUnit(unit, picture.layers[0]);
    }
  }

  void AddFragment(std::span<const uint8_t> payload, LayerFrame& frame) {
    if (payload.size() <= Units::kHeader + 1) return Complain("a fragment without content");
    const uint8_t fu = payload[Units::kHeader];
    const bool begins = fu & 0x80;
    if (begins == in_fragments_) return Complain(begins ? "a fragmented unit has no end" : "has no beginning");
    const auto content = payload.subspan(Units::kHeader + 1);
    if (begins) {
      unit_.assign(payload.begin(), payload.begin() + Units::kHeader);
      unit_[0] = Units::WithType(payload[0], Units::FragmentType(fu));
    }
    unit_.insert(unit_.end(), content.begin(), content.end());
    in_fragments_ = !(fu & 0x40);
    if (!in_fragments_) AddUnit(unit_, frame);
  }

  void AddUnit(std::span<const uint8_t> unit, LayerFrame& frame) {
    const int type = Units::Type(unit[0]);
    has_parameters_ |= Units::IsParameterSet(type);
    frame.key |= Units::IsKey(type) && has_parameters_;
    if (Units::IsPicture(type)) frame.temporal_layer = Units::TemporalLayer(unit);
    static constexpr uint8_t kStartCode[] = {0, 0, 0, 1};
    frame.data.insert(frame.data.end(), std::begin(kStartCode), std::end(kStartCode));
    frame.data.insert(frame.data.end(), unit.begin(), unit.end());
  }

  void Finish(Picture&, bool) override {
    if (in_fragments_) Complain("a fragmented unit has no end");
    in_fragments_ = false;
  }
  bool TellsBeginnings() const override { return false; }
  void Drop() override { in_fragments_ = false; }

  bool in_fragments_ = false;
  bool has_parameters_ = false;  // in this picture
  std::vector<uint8_t> unit_;
};

}  // namespace

std::unique_ptr<Depacketizer> MakeH264Depacketizer() { return std::make_unique<H26xDepacketizer<H264Units>>(); }
std::unique_ptr<Depacketizer> MakeH265Depacketizer() { return std::make_unique<H26xDepacketizer<H265Units>>(); }

}  // namespace sluice::testing_support
