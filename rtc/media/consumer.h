// A Consumer gives one peer one producer's media: it selects which packets go out (layers, key frames, pauses), and
// writes them with SSRC, sequence numbers and timestamps of its own, so that what was left out shows no gap. It answers
// NACKs from the producer's store, and keeps the statistics of its outgoing streams.
//
// It writes into the span that the caller passes and sends nothing: protection and the batch are the transport's.
// Numbers are given when a packet is written, never before; with AES-GCM a number is never written with two contents
// (RtcpFeedback "nack" without RTX resends identical bytes; RTX has a number space of its own, RFC 4588).
//
// A consumer has one outgoing stream; a pipe consumer has one per stream of the producer.
// Lifetime: owned by a transport; its producer outlives it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/media/media_event.h"
#include "rtc/media/outgoing_stream.h"
#include "rtc/media/producer.h"
#include "rtc/media/rtp_parameters.h"
#include "rtc/media/rtp_stream_stats.h"

namespace sluice {

struct ConsumerConfig {
  std::string id;
  std::string producer_id;
  MediaKind kind = MediaKind::kAudio;
  RtpType type = RtpType::kSimple;
  RtpParameters rtp_parameters;                        // SSRCs, payload types and extension ids that go out
  std::vector<RtpEncodingParameters> consumable_encodings;  // their SSRCs are the mapped SSRCs of the producer's streams
  bool paused = false;
  std::optional<ConsumerLayers> preferred_layers;
  bool ignore_dtx = false;
};
