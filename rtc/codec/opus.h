// What a forwarder must know of audio: whether a packet has any sound in it. Opus (RFC 6716, section 3), also inside RED
// (RFC 2198).
//
// Opus: the first byte, TOC, tells how many frames there are and how their sizes are told:
//
//    | config (5) |s| c|    c: 0 one frame. 1 two of the same size. 2 two, the first's size follows.
//    |v|p|  frames (6) |    3: this byte follows. v: sizes follow. p: padding
//
// RED: for each block but the last a header of four bytes, for the last of one; then the blocks in the same order. The
// last is what the packet is about, those before it repeat older ones.
//
//    |1| type (7) |  older by (14)  |  size (10) |
//    |0| type (7) |
//
// Multi-channel Opus (multiopus) puts several Opus packets into one; how many is not in the payload, so such a packet is
// taken for silence only where it is one of a single stream. Under end-to-end encryption nothing of Opus is clear, and
// what is added makes every packet too long for silence: then none is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace sluice::codec {

// While nobody speaks an encoder with DTX sends, if anything, frames that a decoder takes for "nothing came": of at most
// one byte (RFC 6716, 3.2.1). True when there are no others in it. An empty payload has no sound either.
bool IsOpusDtx(std::span<const uint8_t> payload);

// The last block of a RED payload; nothing when its headers or blocks are cut short.
std::optional<std::span<const uint8_t>> RedPrimary(std::span<const uint8_t> payload);

}  // namespace sluice::codec
