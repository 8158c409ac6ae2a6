// RTP packets as the capture handles them: read, put into the order of their numbers, and told apart by key frames.

export function readPacket(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packet = {
    marker: bytes[1] >> 7,
    payloadType: bytes[1] & 0x7f,
    seq: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    extensions: new Map(), // id -> bytes
  };
  let at = 12 + 4 * (bytes[0] & 15);
  if (bytes[0] & 0x10) {
    const twoBytes = view.getUint16(at) >> 4 === 0x100;
    const end = at + 4 + 4 * view.getUint16(at + 2);
    for (at += 4; at < end; ) {
      if (bytes[at] === 0) {
        at += 1;
        continue;
      }
      const id = twoBytes ? bytes[at] : bytes[at] >> 4;
      const size = twoBytes ? bytes[at + 1] : (bytes[at] & 15) + 1;
      at += twoBytes ? 2 : 1;
      packet.extensions.set(id, bytes.subarray(at, at + size));
      at += size;
    }
    at = end;
  }
  const padding = bytes[0] & 0x20 ? bytes[bytes.length - 1] : 0;
  packet.payload = bytes.subarray(at, bytes.length - padding);
  return packet;
}

/** With `extensions` as [[id, bytes]], always in the two-byte form. */
export function writePacket({ marker, payloadType, seq, timestamp, ssrc, extensions, payload }) {
  const elements = Buffer.concat(
    extensions.map(([id, bytes]) => Buffer.concat([Buffer.from([id, bytes.length]), bytes])),
  );
  const words = Math.ceil(elements.length / 4);
  const header = Buffer.alloc(elements.length > 0 ? 16 + 4 * words : 12);
  header[0] = 0x80 | (elements.length > 0 ? 0x10 : 0);
  header[1] = (marker << 7) | payloadType;
  header.writeUInt16BE(seq & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  if (elements.length > 0) {
    header.writeUInt16BE(0x1000, 12);
    header.writeUInt16BE(words, 14);
    elements.copy(header, 16);
  }
  return Buffer.concat([header, payload]);
}

function vp8Header(payload) {
  let at = 1;
  if (payload[0] & 0x80) {
    const more = payload[1];
    at = 2;
    if (more & 0x80) at += payload[at] & 0x80 ? 2 : 1;
    if (more & 0x40) at += 1;
    if (more & 0x30) at += 1;
  }
  return at;
}

// The units of an aggregate, each with its length in front.
function* unitsOf(payload, headerSize) {
  for (let at = headerSize; at + 2 < payload.length; ) {
    const size = (payload[at] << 8) | payload[at + 1];
    yield payload.subarray(at + 2, at + 2 + size);
    at += 2 + size;
  }
}

const h264Starts = (payload) => {
  const type = payload[0] & 31;
  if (type === 24) return [...unitsOf(payload, 1)].some(h264Starts);
  if (type === 28) return (payload[1] & 0x80) !== 0 && [5, 7].includes(payload[1] & 31);
  return type === 5 || type === 7;
};

// H.265: a parameter set or a picture at which a decoder may start (types 16 to 23).
const h265Starts = (payload) => {
  const type = (payload[0] >> 1) & 63;
  if (type === 48) return [...unitsOf(payload, 2)].some(h265Starts);
  if (type === 49) return (payload[2] & 0x80) !== 0 && (payload[2] & 63) >= 16 && (payload[2] & 63) <= 23;
  return type >= 32 || (type >= 16 && type <= 23);
};

/** Whether a key frame of the lowest spatial layer is in this packet, at or near its beginning. */
export const startsKeyFrame = {
  vp8: (payload) => (payload[0] & 0x1f) === 0x10 && (payload[vp8Header(payload)] & 1) === 0,
  vp9: (payload) => (payload[0] & 0x48) === 0x08 && (!(payload[0] & 0x20) || lowestLayer(payload)),
  av1: (payload) => (payload[0] & 0x08) !== 0,
  h264: h264Starts,
  h265: h265Starts,
};

function lowestLayer(payload) {
  let at = 1;
  if (payload[0] & 0x80) at += payload[1] & 0x80 ? 2 : 1;
  return ((payload[at] >> 1) & 7) === 0;
}
