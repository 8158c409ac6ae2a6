// The sending end of one synthetic stream: makes frames, keeps what it sent, answers NACKs (by RTX, or with the
// identical packet), makes a key frame when asked, and owes sender reports. It knows no SRTP: packets go to a callback.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/ntp_time.h"
#include "rtc/rtp/packet_writer.h"
#include "rtc/stream/send_stream.h"
#include "test/sim/stream_config.h"

namespace sluice::sim {

class MediaSender {
 public:
  static constexpr uint16_t kKept = 2000;  // packets, for repetitions

  struct Hooks {
    std::function<void(std::span<const uint8_t> rtp)> send;
    std::function<SeqNum()> next_transport_seq;
  };
  struct Stats {
    uint32_t frames = 0;
    uint32_t packets = 0;  // first sendings
    uint32_t repeated = 0;
    uint32_t nacks = 0;         // messages
    uint32_t asked_for = 0;     // numbers in NACKs
    uint32_t not_kept = 0;      // of these, what could not be sent again
    uint32_t key_frames = 0;    // the first frame included
    uint32_t key_requests = 0;  // PLI and FIR
  };

  MediaSender(const StreamConfig& config, Rng& rng, Hooks hooks);

  void SendFrame(Timestamp now);
  void OnNack(const rtcp::Nack& nack);
  void OnKeyFrameRequest() { ++stats_.key_requests, key_frame_due_ = true; }
  // Whether frames go out: a sender may stop a layer, and resumes with a key frame.
  void SetActive(bool active) {
    key_frame_due_ |= active && !active_;
    active_ = active;
  }
  // Of the frames from now on (RFC 6464, -dBov); audio says nothing of its level until then.
  void SetAudioLevel(uint8_t level) { audio_level_ = level; }
  std::optional<rtcp::SenderReport> MakeReport(Timestamp now, rtcp::NtpTime ntp) const {
    return stream_.MakeSenderReport(now, ntp);
  }

  const StreamConfig& config() const { return config_; }
  const SendStream& stream() const { return stream_; }
  const Stats& stats() const { return stats_; }

 private:
  struct Sent {
    std::vector<uint8_t> packet;  // whole, as it left the first time
    uint32_t timestamp = 0;
    bool marker = false;
    size_t payload_size = 0;
  };
  // Of the next frame's packets.
  size_t PayloadSize();
  // `last`: of its frame.
  void SendPacket(bool last, std::span<const uint8_t> payload, Timestamp now);
  void SendAgain(const Sent& sent, SeqNum original);
  // MID, RID (on RTX the repaired RID), the audio level and the next transport-wide number.
  void WriteExtensions(rtp::PacketWriter& writer, bool is_rtx);

  const StreamConfig config_;
  Hooks hooks_;
  SendStream stream_;
  SeqNum next_seq_;
  SeqNum next_rtx_seq_;
  uint32_t first_timestamp_;
  Timestamp started_;
  Rng sway_rng_;
  double sway_ = 0;  // in parts of config_.sway
  bool key_frame_due_ = true;
  bool active_ = true;
  std::optional<uint8_t> audio_level_;
  std::map<uint16_t, Sent> kept_;
  Stats stats_;
};

}  // namespace sluice::sim
