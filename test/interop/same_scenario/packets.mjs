// The packets that both halves of the scenario send: everything in them follows from scenario.json. packets.cc is the same
// in C++.

/**
 * A list of Buffers. `levels`: with the audio level extension (RFC 6464), these in turn; `keyEvery`: VP8, every so many is a
 * key frame.
 */
export function makePackets({ count, payloadType, ssrc, firstSequence, step, size, levels, keyEvery }) {
  return Array.from({ length: count }, (_, i) => {
    const extension = levels === undefined ? [] : [0xbe, 0xde, 0, 1, 0x10, levels[i % levels.length], 0, 0];
    const header = Buffer.alloc(12);
    header[0] = 0x80 | (extension.length > 0 ? 0x10 : 0);
    header[1] = payloadType | (keyEvery ? 0x80 : 0);
    header.writeUInt16BE((firstSequence + i) % 65536, 2);
    header.writeUInt32BE((firstSequence + i) * step, 4);
    header.writeUInt32BE(ssrc, 8);
    const payload = Buffer.alloc(size, i);
    // Start of the first partition; then the frame header's first octets: bit 0 clear and a start code in a key frame.
    if (keyEvery) payload.set(i % keyEvery === 0 ? [0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0] : [0x10, 0x01, 0, 0]);
    return Buffer.concat([header, Buffer.from(extension), payload]);
  });
}

export const isMedia = (packet) => (packet[1] & 0x7f) >= 96;

/** What arrived, RTP only: { payload type: { count, gaps, payloads } }; `payloads` is FNV-1a of all payloads in turn. */
export function summarize(datagrams) {
  const streams = {};
  for (const packet of datagrams) {
    if (!isMedia(packet)) continue;
    const type = packet[1] & 0x7f;
    const extension = packet[0] & 0x10 ? 4 + 4 * packet.readUInt16BE(14) : 0;
    streams[type] ??= { count: 0, gaps: 0, payloads: 0x811c9dc5, last: undefined };
    const stream = streams[type];
    const sequence = packet.readUInt16BE(2);
    if (stream.count > 0 && sequence !== (stream.last + 1) % 65536) stream.gaps += 1;
    stream.last = sequence;
    stream.count += 1;
    for (const octet of packet.subarray(12 + extension)) {
      stream.payloads = Math.imul(stream.payloads ^ octet, 0x01000193) >>> 0;
    }
  }
  for (const stream of Object.values(streams)) delete stream.last;
  return streams;
}
