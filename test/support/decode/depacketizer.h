// Makes pictures of the RTP packets of one received stream, and complains of everything that a receiver could stumble
// over. It is for tests of forwarding: a real receiver is more patient, this one is not, so that nothing stays hidden.
//
// Of all codecs it wants: numbers without a gap (packets of padding may fill one between frames); one timestamp for each picture, the marker on its last packet and on no
// other, timestamps that increase; a key frame first. Of each codec, what its file says. Where the dependency descriptor
// is there, what dependency_check.h says.
//
// After a loss that the test made itself it is told Restart(): what follows is skipped up to the next key frame.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/rtp/packet_view.h"
#include "test/support/decode/dependency_check.h"
#include "test/support/decode/picture.h"
#include "test/support/decode/rtp_vector.h"

namespace sluice::testing_support {

class Depacketizer {
 public:
  // `descriptor_id`: of the dependency descriptor's header extension; 0: there is none.
  static std::unique_ptr<Depacketizer> Make(VideoCodec codec, uint8_t descriptor_id = 0);
  virtual ~Depacketizer() = default;

  // The next packet by number. A picture when it is the last of one.
  std::optional<Picture> Take(std::span<const uint8_t> packet);
  void Restart();
  // The sender stops, maybe within a picture; if so, that one is nobody's fault, and what follows begins with a key frame.
  void ExpectPause() { pause_expected_ = true; }
  // Layers come from several encoders, and a switch may fall between the packets of one picture: a key frame of the
  // next one then takes its place.
  void AllowKeyFramesToCut() { key_frames_cut_ = true; }
  // What was wrong since the last call.
  std::vector<std::string> TakeErrors() { return std::exchange(errors_, {}); }
  bool waits_for_key_frame() const { return waits_; }

 protected:
  // A packet of the picture that was begun last. Adds to `picture`.
  virtual void Add(const rtp::PacketView& packet, Picture& picture) = 0;
  // It was the picture's last packet. `first` tells that nothing before this picture counts.
  virtual void Finish(Picture& picture, bool first) = 0;
  // Packets of padding since the last picture: places of what came late and was left out then.
  int filled_places() const { return filled_places_; }
  // Whether a frame has begun and not ended: a packet of nothing but padding must not stand there.
  virtual bool InFrame() const { return picture_.has_value(); }
  // Whether a picture that lacks its first packets is known by what is left of it.
  virtual bool TellsBeginnings() const { return true; }
  // Something unfinished is to be forgotten.
  virtual void Drop() {}
  // Of the picture that is being put together.
  void Complain(std::string what) { complaints_.push_back(std::move(what)); }

 private:
  void CheckNumber(const rtp::PacketView& packet);
  void CheckTimestamp(const rtp::PacketView& packet);
  bool Accept(Picture& picture);

  std::optional<DependencyCheck> dependencies_;
  std::vector<std::string> errors_;
  std::vector<std::string> complaints_;
  std::optional<SeqNum> next_;
  std::optional<Picture> picture_;    // being put together
  std::optional<uint32_t> finished_;  // timestamp of the last
  bool waits_ = true;                 // for a key frame
  bool patient_ = false;              // and it is known why there is none
  bool may_lack_beginning_ = false;   // the next picture
  bool pause_expected_ = false;
  bool key_frames_cut_ = false;
  std::optional<uint32_t> cut_;  // timestamp of a picture that has no marker
  int filled_places_ = 0;
};

}  // namespace sluice::testing_support
