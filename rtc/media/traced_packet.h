// Reads out of a packet what a trace event shows of it.
#pragma once

#include "rtc/codec/frame_info.h"
#include "rtc/media/media_event.h"
#include "rtc/rtp/header_extension.h"
#include "rtc/rtp/packet_view.h"

namespace sluice {

// `ids` are those that the packet's extensions were negotiated with.
TracedPacket Traced(const rtp::PacketView& packet, const rtp::ExtensionMap& ids, const codec::FrameInfo& frame);

}  // namespace sluice
