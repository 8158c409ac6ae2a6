// Makes a vector of captured packets: one whole loop, with numbers and times that begin at zero. The format is in
// test/vectors/README.md.
import { readPacket, startsKeyFrame, writePacket } from "./rtp.mjs";

const CODECS = { vp8: 1, vp9: 2, h264: 3, h265: 4, av1: 5 };
const CLOCK_RATE = 90_000;
const PAYLOAD_TYPE = 96;
const DESCRIPTOR_ID = 1;

const signed = (bits, value) => (value << (32 - bits)) >> (32 - bits);

/** Packets of one stream by number, each once; `at` is the arrival in microseconds. Throws where one is missing. */
function inOrder(packets, name) {
  let last = packets[0].seq;
  for (const packet of packets) {
    last += signed(16, packet.seq - last);
    packet.number = last;
  }
  const ordered = packets.sort((a, b) => a.number - b.number);
  const once = ordered.filter((packet, i) => i === 0 || packet.number !== ordered[i - 1].number);
  const filled = once.filter(({ payload }) => payload.length > 0);
  once.forEach((packet, i) => {
    if (packet.number !== once[0].number + i) throw new Error(`${name}: packet ${once[0].number + i} is missing`);
  });
  let time = filled[0].timestamp;
  for (const packet of filled) {
    time += signed(32, packet.timestamp - time);
    packet.time = time;
  }
  return filled;
}

/**
 * Puts the RTP clocks of all streams onto one: `reports` are [{ ssrc, ntp (seconds), timestamp }] of their sender
 * reports. These are exact to a millisecond; the frames of simulcast layers are captured at the same moments, which
 * tells the rest.
 */
export function alignClocks(streams, reports) {
  const captured = (packets) => {
    const report = reports.findLast(({ ssrc }) => ssrc === packets[0].ssrc);
    if (!report) throw new Error(`no sender report of ${packets[0].ssrc}`);
    const seconds = report.ntp - signed(32, report.timestamp - packets[0].timestamp) / CLOCK_RATE;
    return Math.round((seconds - reports[0].ntp) * CLOCK_RATE) - packets[0].time;
  };
  const shift = captured(streams[0]);
  const base = new Set(streams[0].map(({ time }) => time + shift));
  for (const packets of streams) {
    const rough = captured(packets);
    const votes = new Map();
    for (const { time } of packets) {
      for (let d = -450; d <= 450; d += 1) {
        if (base.has(time + rough + d)) votes.set(rough + d, (votes.get(rough + d) ?? 0) + 1);
      }
    }
    const [exact] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? [rough];
    for (const packet of packets) packet.time += exact;
  }
}

/** Arrivals as of encoders that take the same time for every picture, the larger layers a little longer. */
function pace(packets, stream) {
  packets.forEach((packet, i) => {
    const inPicture = i > 0 && packet.time === packets[i - 1].time;
    packet.at = inPicture ? packets[i - 1].at + 50 : Math.round((packet.time * 1e6) / CLOCK_RATE) + 3000 * stream;
  });
}

/** Cuts every stream from a key frame at or after `from` seconds to one `seconds` or more later; all equally long. */
function cutLoop(streams, codec, from, seconds) {
  const start = Math.min(...streams.map((packets) => packets[0].time)) + from * CLOCK_RATE;
  const keys = streams.map((packets) => {
    const frames = new Set(packets.filter(({ payload }) => startsKeyFrame[codec](payload)).map(({ time }) => time));
    return [...frames].filter((time) => time >= start);
  });
  const first = keys.map(([time]) => time);
  const lengths = keys[0].map((time) => time - first[0]).filter((length) => length >= seconds * CLOCK_RATE);
  const period = lengths.find((length) => keys.every((times, i) => times.includes(first[i] + length)));
  if (period === undefined) throw new Error(`no loop of equal length: key frames at ${JSON.stringify(keys)}`);
  return {
    period,
    begin: Math.min(...first),
    streams: streams.map((packets, i) => packets.filter(({ time }) => time >= first[i] && time < first[i] + period)),
  };
}

/**
 * `streams`: for each, lowest layer first, [{ at (microseconds), bytes }]. `descriptorId`: id of the dependency
 * descriptor in these packets, or 0. Without `reports` the streams are of one RTP clock already;
 * `paced` replaces the arrivals by regular ones.
 */
export function makeVector({ codec, mode, streams, reports, descriptorId = 0, from = 0, seconds = 3, paced = false }) {
  const parsed = streams.map((packets, i) =>
    inOrder(
      packets.map(({ at, bytes }) => ({ at, ...readPacket(bytes) })),
      `stream ${i}`,
    ),
  );
  if (reports) alignClocks(parsed, reports);
  if (paced) parsed.forEach(pace);
  const loop = cutLoop(parsed, codec, from, seconds);
  const arrival = Math.min(...loop.streams.map(([{ at }]) => at));
  const records = loop.streams.flatMap((packets, stream) =>
    packets.map((packet, seq) => {
      const descriptor = packet.extensions.get(descriptorId);
      const extensions = descriptor ? [[DESCRIPTOR_ID, descriptor]] : [];
      const { marker, payload } = packet;
      const header = { marker, payloadType: PAYLOAD_TYPE, seq, timestamp: packet.time - loop.begin, ssrc: stream + 1 };
      return { stream, at: packet.at - arrival, bytes: writePacket({ ...header, extensions, payload }) };
    }),
  );
  records.sort((a, b) => a.at - b.at);
  return encode({
    codec,
    mode,
    period: loop.period,
    streams: streams.length,
    hasDescriptor: loop.streams.flat().some(({ extensions }) => extensions.has(descriptorId)),
    records,
  });
}

function encode({ codec, mode, period, streams, hasDescriptor, records }) {
  const header = Buffer.alloc(4 + 1 + 1 + 1 + 1 + 4 + 4 + 1);
  header.write("SLRV");
  header[4] = 1;
  header[5] = CODECS[codec];
  header[6] = PAYLOAD_TYPE;
  header[7] = streams;
  header.writeUInt32BE(CLOCK_RATE, 8);
  header.writeUInt32BE(period, 12);
  header[16] = hasDescriptor ? DESCRIPTOR_ID : 0;
  const name = Buffer.from(mode);
  const chunks = [header, Buffer.from([name.length]), name];
  for (const { stream, at, bytes } of records) {
    const head = Buffer.alloc(7);
    head[0] = stream;
    head.writeUInt32BE(at, 1);
    head.writeUInt16BE(bytes.length, 5);
    chunks.push(head, bytes);
  }
  return Buffer.concat(chunks);
}

export function describe(file) {
  let at = 18 + file[17];
  const streams = [];
  let end = 0;
  while (at < file.length) {
    const stream = file[at];
    end = file.readUInt32BE(at + 1);
    const size = file.readUInt16BE(at + 5);
    streams[stream] ??= { packets: 0, bytes: 0, times: new Set() };
    const entry = streams[stream];
    entry.packets += 1;
    entry.bytes += size;
    entry.times.add(readPacket(file.subarray(at + 7, at + 7 + size)).timestamp);
    at += 7 + size;
  }
  const text = streams.map(({ packets, bytes, times }) => `${packets} packets ${times.size} pictures ${bytes} bytes`);
  return `${file.length} bytes, ${(end / 1e6).toFixed(2)} s: ${text.join("; ")}`;
}
