// VP9 (RFC 9628). A layer frame begins with B and ends with E, layers rise, and one that needs the layer below (D) has
// it in the same picture. Picture ids rise; in flexible mode all pictures that the differences name were there, in this
// layer; in non-flexible mode TL0PICIDX counts the pictures of the base layer.
#include <fmt/format.h>

#include <map>

#include "test/support/decode/depacketizers.h"
#include "test/support/decode/descriptors.h"

namespace sluice::testing_support {
namespace {

class Vp9Depacketizer : public Depacketizer {
  void Add(const rtp::PacketView& packet, Picture& picture) override {
    const auto payload = packet.payload();
    const auto descriptor = Vp9Descriptor::Read(payload);
    if (!descriptor) return Complain("a VP9 descriptor that cannot be read");
    if (descriptor->begin == open_) return Complain(open_ ? "a frame without an end" : "a frame without a beginning");
    if (descriptor->begin) {
      Begin(*descriptor, picture);
    } else if (!Same(*descriptor)) {
      return Complain("descriptors of one frame differ");
    }
    open_ = !descriptor->end;
    auto& frame = picture.layers.back().data;
    const auto data = payload.subspan(descriptor->size);
    frame.insert(frame.end(), data.begin(), data.end());
  }

  void Begin(const Vp9Descriptor& descriptor, Picture& picture) {
    const bool lowest = picture.layers.empty();
    if (lowest) frames_.clear();
    if (!lowest && descriptor.spatial_layer <= picture.layers.back().spatial_layer) Complain("layers do not rise");
    if (descriptor.inter_layer && (lowest || picture.layers.back().spatial_layer + 1 != descriptor.spatial_layer)) {
      Complain(fmt::format("layer {} needs the one below, which is not there", descriptor.spatial_layer));
    }
    frames_.push_back(descriptor);
    picture.layers.push_back({.spatial_layer = descriptor.spatial_layer,
                              .temporal_layer = descriptor.temporal_layer,
                              .key = lowest && !descriptor.inter_picture && !descriptor.inter_layer});
  }

  bool Same(const Vp9Descriptor& other) const {
    const Vp9Descriptor& now = frames_.back();
    const auto value = [](const auto& number) { return number ? number->value : -1; };
    return value(other.picture_id) == value(now.picture_id) && other.spatial_layer == now.spatial_layer &&
           other.temporal_layer == now.temporal_layer && other.inter_picture == now.inter_picture;
  }

  void Finish(Picture& picture, bool first) override {
    if (open_) return Complain("a frame without an end");
    const Vp9Descriptor& now = frames_.front();
    if (!now.picture_id) return;
    const PlacedNumber& id = *now.picture_id;
    const auto forward = static_cast<uint16_t>(id.Plus(-last_id_));
    if (!first && (forward == 0 || forward >= id.Modulus() / 2)) {
      Complain(fmt::format("picture id {} after {}", id.value, last_id_));
    }
    if (picture.key()) delivered_.clear();
    for (const Vp9Descriptor& frame : frames_) CheckReferences(frame, id);
    if (now.tl0_pic_idx) CheckBaseIndex(now, first);
    for (const Vp9Descriptor& frame : frames_) delivered_[id.value] |= 1u << frame.spatial_layer;
    delivered_.erase(id.Plus(-kReach - 1));
    last_id_ = id.value;
  }

  void CheckReferences(const Vp9Descriptor& frame, const PlacedNumber& id) {
    for (const uint8_t difference : frame.differences) {
      const auto found = delivered_.find(id.Plus(-difference));
      if (found != delivered_.end() && found->second >> frame.spatial_layer & 1) continue;
      Complain(fmt::format("picture {} layer {} needs picture {}, which is not there", id.value, frame.spatial_layer,
                           id.Plus(-difference)));
    }
  }

  void CheckBaseIndex(const Vp9Descriptor& now, bool first) {
    const uint16_t expected = PlacedNumber{.value = last_base_, .bits = 8}.Plus(now.temporal_layer == 0);
    if (!first && now.tl0_pic_idx->value != expected) {
      Complain(fmt::format("TL0PICIDX {} after {}, temporal layer {}", now.tl0_pic_idx->value, last_base_,
                           now.temporal_layer));
    }
    last_base_ = now.tl0_pic_idx->value;
  }

  bool InFrame() const override { return open_; }
  void Drop() override {
    open_ = false;
    frames_.clear();
  }

  static constexpr int kReach = 127;  // the largest difference

  bool open_ = false;
  std::vector<Vp9Descriptor> frames_;       // of the picture, the first packet's of each
  std::map<uint16_t, uint32_t> delivered_;  // picture id -> a bit for each spatial layer; since the last key frame
  uint16_t last_id_ = 0;
  uint16_t last_base_ = 0;
};

}  // namespace

std::unique_ptr<Depacketizer> MakeVp9Depacketizer() { return std::make_unique<Vp9Depacketizer>(); }

}  // namespace sluice::testing_support
