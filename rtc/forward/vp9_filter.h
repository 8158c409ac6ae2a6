// Leaves out spatial and temporal layers of a VP9 stream by what its payload descriptor tells (RFC 9628), where there is
// no dependency descriptor.
//
// Spatial: a picture's layer frames up to the current layer are sent; but where layers need each other at key pictures
// only, those that nothing above needs (Z) and that are not shown themselves are left out in between. Down at the next picture, if all of the lower layer has been
// sent since it could last be decoded; up at a layer frame that needs no earlier picture (P = 0) on top of what was sent.
// Else a key picture is wanted. A layer that does not come any more is not waited for: of the last kWindow pictures the
// highest counts.
// Temporal: down at the next picture, up at a switching point (U) or a key picture.
//
// A layer frame is never cut: its first packet decides for all, also for those that come late.
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
  FilteredPacket Start(uint32_t timestamp, const codec::FrameInfo& frame, Layers wish);
  FilteredPacket Filter(uint32_t timestamp, const codec::FrameInfo& frame, Layers wish);
  Layers current() const;
  bool wants_key_frame(Layers wish) const;

 private:
  static constexpr int kMaxSpatial = 8;

  struct Picture {
    uint8_t decided = 0;   // a bit for each spatial layer of which a packet came
    uint8_t sent = 0;      // of those, which are sent
    uint8_t spatial = 0;   // the highest to be sent
    bool temporal = true;  // its temporal layer is sent
    bool key = false;
    bool ended = false;  // its last packet was sent
  };

  Picture& BeginPicture(uint32_t timestamp, const codec::FrameInfo& frame, Layers wish);
  FilteredPacket Pass(Picture& picture, const codec::FrameInfo& frame) const;
  FilteredPacket JudgeLatePicture(uint32_t timestamp, const codec::FrameInfo& frame) const;
  bool Decide(uint32_t timestamp, Picture& picture, const codec::FrameInfo& frame, Layers wish);
  bool MayGoUpTo(int spatial, const Picture& picture, const codec::FrameInfo& frame) const;
  void NoteHighest();
  int Reachable(int wish) const;  // the wish, or the highest layer that comes

  Layers current_;
  ChangeHistory<uint32_t, Layers, IsOlderTimestamp> changes_;  // of current_
  bool starved_ = false;                                       // of the current layer came what cannot be decoded
  std::array<bool, kMaxSpatial> intact_{};                     // a decoder could go on with this layer
  bool independent_ = false;                                   // between key pictures no layer needs a lower one
  bool simulcast_ = false;                                     // nor in them
  FrameMemory<Picture> pictures_;
  std::array<uint8_t, kWindow> highest_{};  // spatial layer of the last pictures
  int pictures_seen_ = 0;
  int came_ = 0;  // the highest layer of the last kWindow pictures
  uint8_t highest_of_picture_ = 0;
};

}  // namespace sluice
