// The receiving end of one synthetic stream: asks for what is missing, takes RTX, puts frames together, and keeps what
// a participant would notice: what came at first, what by repair and how late, what never, what twice; which frames
// could be decoded (complete, and all since a key frame too); and when the sender reports say that a packet was
// captured.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/sender_report.h"
#include "rtc/rtp/packet_view.h"
#include "rtc/stream/nack_generator.h"
#include "rtc/stream/receive_stream.h"
#include "test/sim/media_record.h"
#include "test/sim/stream_config.h"

namespace sluice::sim {

class MediaReceiver {
 public:
  // While packets come, but no first picture, or one that stands still, it asks for a key frame so often.
  static constexpr TimeDelta kFirstPatience = TimeDelta::Millis(200);
  static constexpr TimeDelta kPatience = TimeDelta::Seconds(1);

  struct Stats {
    uint32_t packets = 0;  // different ones that came at all
    uint32_t repaired = 0;
    uint32_t repeated = 0;         // came more than once under the media SSRC
    uint32_t unneeded = 0;         // RTX of packets that were there: what fills probes, or was repaired twice
    uint32_t alien = 0;            // payloads that no sender of ours made
    uint32_t padding = 0;          // packets of nothing else
    uint32_t frames_complete = 0;  // every packet came
    uint32_t frames_decoded = 0;   // video: in order, from a key frame on
    uint32_t key_frames = 0;       // decoded
    uint32_t nacked = 0;           // numbers asked for, repetitions included
    uint32_t plis = 0;
    TimeDelta longest_freeze = TimeDelta::Zero();  // between two decoded frames
    // By how much the RTP timestamps of two packets in a row differ from what lay between their captures, at most.
    TimeDelta largest_time_step = TimeDelta::Zero();
    uint32_t layer_changes = 0;
    std::optional<uint8_t> layer;          // of the last decoded frame
    std::vector<TimeDelta> delays;         // capture to arrival, packets that came at first
    std::vector<TimeDelta> repair_delays;  // capture to arrival, repaired packets
  };

  explicit MediaReceiver(const StreamConfig& config) : config_(config), stream_(config.ssrc, config.clock_rate()) {}

  // True when the packet is of this stream.
  bool OnRtp(const rtp::PacketView& packet, Timestamp now);
  void OnSenderReport(const rtcp::SenderReport& report, Timestamp now);
  void OnTimer(Timestamp now);
  // Numbers to ask for now.
  std::vector<SeqNum> TakeNacks();
  bool TakePli(Timestamp now);

  // NTP capture time of the newest packet, after the sender reports, less the true one: a constant that is the same for
  // all streams of one sender, if the reports are right. nullopt before the first report.
  std::optional<TimeDelta> capture_offset() const;
  uint32_t sender_reports() const { return sender_reports_; }
  // Of packets that came: layer and number (MediaRecord::index).
  const std::set<std::pair<uint8_t, uint32_t>>& indices() const { return indices_; }
  // Numbers of the media SSRC between the first and the last that never came, not even by RTX.
  int64_t holes() const;
  // The lowest and the highest number of the media SSRC that came, unwrapped. Needs a packet.
  ExtSeqNum first_seq() const { return *numbers_.begin(); }
  ExtSeqNum last_seq() const { return *numbers_.rbegin(); }

  ReceiveStream& stream() { return stream_; }
  const StreamConfig& config() const { return config_; }
  const Stats& stats() const { return stats_; }

 private:
  struct Frame {
    std::set<uint16_t> packets;
    MediaRecord record;  // of any packet
    bool complete() const { return packets.size() == record.packets; }
  };
  void OnPadding(const rtp::PacketView& packet, Timestamp now);
  void OnMedia(const rtp::PacketView& packet, bool repaired, Timestamp now);
  void OnRtx(const rtp::PacketView& packet, Timestamp now);
  void NoteTime(uint32_t timestamp, Timestamp captured);
  void AddToFrame(ExtSeqNum seq, const MediaRecord& record, Timestamp now);
  void Decode(Timestamp now);

  const StreamConfig config_;
  ReceiveStream stream_;
  NackGenerator nack_;
  std::vector<SeqNum> ask_;
  bool pli_due_ = false;
  Timestamp last_pli_;
  std::set<std::pair<uint8_t, uint32_t>> indices_;
  std::set<ExtSeqNum> numbers_;
  std::map<ExtSeqNum, Frame> frames_;    // by the number of the first packet; not yet decoded
  std::optional<ExtSeqNum> next_frame_;  // where the next frame begins, if nothing is missing
  Timestamp last_decode_;                // or the first packet, before
  Timestamp last_arrival_;
  std::optional<rtcp::SenderReport> report_;
  uint32_t sender_reports_ = 0;
  uint32_t newest_timestamp_ = 0;
  Timestamp newest_captured_;
  Stats stats_;
};

}  // namespace sluice::sim
