// VP8 (RFC 7741). Of one picture all descriptors say the same, and the first packet alone begins partition 0. From
// picture to picture the picture id counts up by one, TL0PICIDX at every picture of the base layer, KEYIDX at every key
// frame: a receiver takes every gap for a loss.
#include <fmt/format.h>

#include "test/support/decode/depacketizers.h"
#include "test/support/decode/descriptors.h"

namespace sluice::testing_support {
namespace {

class Vp8Depacketizer : public Depacketizer {
  void Add(const rtp::PacketView& packet, Picture& picture) override {
    const auto payload = packet.payload();
    const auto descriptor = Vp8Descriptor::Read(payload);
    if (!descriptor) return Complain("a VP8 descriptor that cannot be read");
    const auto data = payload.subspan(descriptor->size);
    const bool begins = descriptor->start && descriptor->partition == 0;
    if (begins != picture.layers.empty()) return Complain(begins ? "begins twice" : "the first packet is missing");
    if (begins) {
      now_ = *descriptor;
      picture.layers.push_back({.temporal_layer = now_.temporal_layer.value_or(0), .key = (data[0] & 1) == 0});
    } else if (!Same(*descriptor)) {
      return Complain("descriptors of one picture differ");
    }
    auto& frame = picture.layers[0].data;
    frame.insert(frame.end(), data.begin(), data.end());
  }

  void Finish(Picture& picture, bool first) override {
    if (!first) {
      Follow("picture id", last_.picture_id, now_.picture_id, 1);
      Follow("TL0PICIDX", last_.tl0_pic_idx, now_.tl0_pic_idx, now_.temporal_layer == 0);
      Follow("KEYIDX", last_.key_idx, now_.key_idx, picture.key());
    }
    last_ = now_;
  }

  bool Same(const Vp8Descriptor& other) const {
    const auto value = [](const auto& number) { return number ? number->value : -1; };
    return value(other.picture_id) == value(now_.picture_id) && value(other.tl0_pic_idx) == value(now_.tl0_pic_idx) &&
           value(other.key_idx) == value(now_.key_idx) && other.temporal_layer == now_.temporal_layer;
  }

  void Follow(const char* what, const std::optional<PlacedNumber>& before, const std::optional<PlacedNumber>& now,
              int step) {
    if (before.has_value() != now.has_value()) return Complain(fmt::format("{} comes or goes", what));
    if (!now || (now->bits == before->bits && now->value == before->Plus(step))) return;
    const int missing = now->Plus(-before->value) - 1;
    if (now->bits == before->bits && &now == &now_.picture_id && missing <= filled_places()) return;
    Complain(fmt::format("{} {} after {}, temporal layer {}", what, now->value, before->value,
                         now_.temporal_layer.value_or(0)));
  }

  Vp8Descriptor now_;
  Vp8Descriptor last_;
};

}  // namespace

std::unique_ptr<Depacketizer> MakeVp8Depacketizer() { return std::make_unique<Vp8Depacketizer>(); }

}  // namespace sluice::testing_support
