// Leaves out spatial and temporal layers of a VP9 stream by what its payload descriptor tells (RFC 9628), where there is
// no dependency descriptor.
//
// Spatial: a picture's layer frames up to the current layer are sent; but where layers need each other at key pictures
// only, those that nothing above needs (Z) are left out in between. Down at the next picture, if all of the lower layer
// has been sent since it could last be decoded; up at a layer frame that needs no earlier picture (P = 0) on top of what
// was sent. Else a key picture is wanted. A layer that does not come any more is not waited for: of the last kWindow
// pictures the highest counts.
// Temporal: down at the next picture, up at a switching point (U) or a key picture.
//
// What is to be sent of a picture is planned when its first packet comes, and remembered over the last changes: a frame
// is never cut, and what comes late is judged as it would have been in time. So what did not come yet counts as sent, if
// it would be: also the upper layers of a key picture, which its lowest one promises (Z = 0, or there is more to come).
#pragma once

#include <array>
#include <cstdint>

#include "rtc/codec/frame_info.h"
#include "rtc/forward/change_history.h"
#include "rtc/forward/frame_memory.h"
#include "rtc/forward/layers.h"

namespace sluice {

class Vp9Filter {
 public:
  static constexpr int kWindow = 8;  // pictures

  // The packet is the first of a key picture, the first that is sent.
  FilteredPacket Start(const LayeredPacket& packet, Layers wish);
  FilteredPacket Filter(const LayeredPacket& packet, Layers wish);
  Layers current() const;
  bool wants_key_frame(Layers wish) const;

 private:
  static constexpr int kMaxSpatial = 8;

  // What is sent of a picture.
  struct Plan {
    uint8_t spatial = 0;   // up to this layer
    uint8_t temporal = 0;  // likewise
    uint8_t intact = 0;    // a bit for each spatial layer: a decoder can go on with it
    bool alone = false;    // without the lower layers, as far as nothing needs them
    bool operator==(const Plan&) const = default;
    bool is_intact(int layer) const { return intact >> layer & 1; }
  };
  // Of the newest picture.
  struct Picture {
    uint32_t timestamp = 0;
    std::optional<uint16_t> id;
    uint8_t sent = 0;  // a bit for each spatial layer
    uint8_t highest = 0;
    bool key = false;
    bool wanted = false;  // its temporal layer is
    bool ended = false;   // by a marker of ours: nothing may come behind it
  };

  void BeginPicture(const LayeredPacket& packet, Layers wish);
  void ForgetWhatIsLeftOut(Plan& plan, const codec::FrameInfo& next) const;
  void PlanKeyPicture(Plan& plan, const codec::FrameInfo& frame, Layers wish) const;
  void PlanPicture(Plan& plan, const codec::FrameInfo& frame, Layers wish) const;
  void LearnStructure(const LayeredPacket& packet);
  void Update(const LayeredPacket& packet, Layers wish);
  bool MayGoUp(const Plan& plan, const codec::FrameInfo& frame, Layers wish) const;
  static bool IsSent(const Plan& plan, const codec::FrameInfo& frame);
  void NoteHighest();
  int Reachable(int wish) const;  // the wish, or the highest layer that comes

  ChangeHistory<uint32_t, Plan, IsOlderTimestamp> plans_;
  Picture picture_;
  bool independent_ = false;                // between key pictures no layer needs a lower one
  bool simulcast_ = false;                  // nor in them
  std::array<uint8_t, kWindow> highest_{};  // spatial layer of the last pictures
  int pictures_seen_ = 0;
  int came_ = 0;  // the highest layer of the last kWindow pictures
};

}  // namespace sluice
