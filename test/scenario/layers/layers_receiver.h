// The receiver of one video stream who decodes it: undoes RTX, puts packets into their order, asks again for what is
// missing, and gives up on it after kPatience, to go on at a key frame, which it then asks for. All that comes out of the
// decoder is compared with the reference.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtp/packet_view.h"
#include "test/support/decode/depacketizer.h"
#include "test/support/decode/reference_frames.h"
#include "test/support/decode/video_decoder.h"

namespace sluice::testing_support {

class LayersReceiver {
 public:
  static constexpr TimeDelta kPatience = TimeDelta::Millis(600);
  static constexpr TimeDelta kNackInterval = TimeDelta::Millis(40);
  static constexpr int kRepetitions = 4;  // in kPatience: one in 100 ms, at the next NACK after them
  static constexpr TimeDelta kPliInterval = TimeDelta::Millis(300);

  struct Config {
    Ssrc ssrc;
    Ssrc rtx_ssrc;
    PayloadType payload_type;
    uint8_t descriptor_id = 0;
  };
  // One picture that was decoded.
  struct Shown {
    Timestamp at;
    Timestamp sent_at;       // its first packet, to us
    uint32_t timestamp = 0;  // RTP, as received
    ReferenceFrames::Origin origin;
    bool after_break = false;  // something before it was given up
  };

  LayersReceiver(const Config& config, const RtpVector& vector, const ReferenceFrames& reference);

  void Receive(std::span<const uint8_t> datagram, Timestamp now);
  // One that was lost on its way: it has been sent.
  void Lost(std::span<const uint8_t> datagram, Timestamp now);
  // The sender stops behind what was sent so far.
  void ExpectPause();
  // What to ask for now; mostly nothing.
  std::vector<SeqNum> DueNacks(Timestamp now);
  bool DuePli(Timestamp now);

  std::vector<Shown> TakeShown() { return std::exchange(shown_, {}); }
  const std::vector<std::string>& errors() const { return errors_; }
  // How often something was given up, and how often that could not be had: lost so long before it was missed that nobody
  // has it, or lost again with each of its kRepetitions.
  int breaks() const { return breaks_; }
  int hopeless_breaks() const { return hopeless_breaks_; }
  uint64_t pictures() const { return pictures_; }
  uint64_t packets() const { return packets_; }

 private:
  static constexpr size_t kPicturesKept = 256;

  void NoteSent(uint32_t timestamp, Timestamp now);
  Timestamp SentAt(uint32_t timestamp) const;
  void TakeInOrder(Timestamp now);
  void Decode(const Picture& picture, Timestamp now);
  void GiveUp(Timestamp now);

  const Config config_;
  const ReferenceFrames& reference_;
  std::unique_ptr<Depacketizer> depacketizer_;
  std::unique_ptr<VideoDecoder> decoder_;
  SeqUnwrapper numbers_;
  std::optional<ExtSeqNum> next_;
  std::map<ExtSeqNum, std::vector<uint8_t>> waiting_;
  ExtSeqNum highest_;  // that was sent
  struct LostPacket {
    Timestamp at;
    int repetitions = 0;  // lost as well
  };
  bool IsHopeless(const LostPacket& lost) const;

  std::map<ExtSeqNum, LostPacket> lost_;
  std::deque<std::pair<uint32_t, Timestamp>> sent_;  // the last pictures, by RTP timestamp
  std::deque<ExtSeqNum> pauses_;                     // the first numbers behind pauses that are to come
  Timestamp gap_since_;
  Timestamp last_nack_;
  Timestamp last_pli_;
  bool after_break_ = false;
  int breaks_ = 0;
  int hopeless_breaks_ = 0;
  uint64_t pictures_ = 0;
  uint64_t packets_ = 0;
  std::vector<Shown> shown_;
  std::vector<std::string> errors_;
};

}  // namespace sluice::testing_support
