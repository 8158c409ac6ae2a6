// ffmpeg and GStreamer send into plain transports, and what the worker forwards is decoded by the other: plain RTP and every
// SRTP suite, first-packet ("comedia") and connected transports, one port and two.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { homeAddress, Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import * as ffmpeg from "./ffmpeg.mjs";
import * as gstreamer from "./gstreamer.mjs";
import { codecs, consume, inlet, mediaCodecs, outlet, portPair, produce, reception } from "./plain_path.mjs";

const FRAMES = { video: 15, audio: 60 };
const SAMPLES_PER_FRAME = 2 * 960; // 20 ms of stereo

let network;
let worker;
let router;

before(async () => {
  network = await Network.create();
  worker = await startWorker(network.inServer());
  router = await worker.createRouter({ mediaCodecs });
});

after(async () => {
  if (worker) await endWorker(worker);
  network?.close();
});

async function carry(path, codec) {
  const ports = { sender: portPair(), receiver: portPair() };
  const way = await inlet(router, serverAddress, path, ports.sender);
  const out = await outlet(router, serverAddress, path, ports.receiver);
  const ssrc = 1_000_000 + ports.sender;
  const producer = await produce(way.transport, codec, ssrc);
  const consumer = await consume(router, out, producer.id);
  const { kind, payloadType } = codecs[codec];
  const receiver = path.to.receive(reception(consumer, out, codec, ports.receiver, FRAMES[kind]));
  const sender = path.from.send({ kind, codec, payloadType, ssrc, to: way.to, port: ports.sender, srtp: way.srtp });
  try {
    const decoded = await receiver.decoded.catch(async (error) => {
      const seen = { producer: await producer.getStats(), way: await way.transport.getStats() };
      throw new Error(`${error.message}\nsender: ${sender.output}\n${JSON.stringify(seen)}`);
    });
    await checkWorker(path, { way, out, producer, consumer }, codec, ports);
    return decoded;
  } finally {
    await Promise.all([sender.kill(), receiver.program.kill()]);
    way.transport.close();
    out.close();
  }
}

// What the worker says about it.
async function checkWorker(path, { way, out, producer, consumer }, codec, ports) {
  const [stream] = await producer.getStats();
  assert.equal(stream.mimeType.toLowerCase(), codecs[codec].mimeType.toLowerCase());
  assert.equal(stream.packetsLost, 0);
  assert.ok(stream.packetCount > 0 && stream.byteCount > 0);
  const outbound = (await consumer.getStats()).find(({ type }) => type === "outbound-rtp");
  assert.ok(outbound.packetCount > 0 && outbound.byteCount > 0);
  assert.equal(way.transport.tuple.remoteIp, homeAddress);
  assert.equal(way.transport.tuple.remotePort, ports.sender);
  if (!path.rtcpMux) {
    // Both programs report of what they send, from the next port.
    await until("the sender's report", async () => way.transport.rtcpTuple?.remotePort === ports.sender + 1);
  }
  assert.ok((await out.getStats())[0].bytesSent > 0);
}

function check(decoded, kind) {
  const told = JSON.stringify(decoded);
  if (kind === "video") return assert.ok(decoded.frames >= FRAMES.video, told);
  assert.ok(decoded.samples >= SAMPLES_PER_FRAME * (FRAMES.audio - 1), told);
  return assert.ok(decoded.decibels > -40 && decoded.decibels < 0, told);
}

const paths = [
  { from: ffmpeg, to: ffmpeg, comedia: true, rtcpMux: false, codecs: ["VP9"] },
  { from: gstreamer, to: gstreamer, comedia: true, rtcpMux: true, codecs: ["VP9"] },
  { from: ffmpeg, to: gstreamer, comedia: true, rtcpMux: false, codecs: ["VP8", "opus"] },
  { from: ffmpeg, to: ffmpeg, comedia: false, rtcpMux: false, codecs: ["H264", "opus"] },
  { from: gstreamer, to: ffmpeg, comedia: true, rtcpMux: true, codecs: ["VP8", "opus"] },
  { from: gstreamer, to: gstreamer, comedia: false, rtcpMux: true, codecs: ["H264", "opus"] },
  ...ffmpeg.suites.flatMap((suite) => [
    { from: ffmpeg, to: gstreamer, comedia: true, rtcpMux: false, codecs: ["H264", "opus"], suite },
    { from: gstreamer, to: ffmpeg, comedia: false, rtcpMux: true, codecs: ["VP8", "opus"], suite },
  ]),
  ...gstreamer.suites
    .filter((suite) => !ffmpeg.suites.includes(suite))
    .flatMap((suite) => [
      { from: gstreamer, to: gstreamer, comedia: true, rtcpMux: true, codecs: ["VP8", "opus"], suite },
      { from: gstreamer, to: gstreamer, comedia: false, rtcpMux: false, codecs: ["H264"], suite },
    ]),
];

test("programs decode what the worker forwards", { concurrency: 3 }, async (t) => {
  const runs = paths.map((path) => {
    const { from, to, comedia, rtcpMux, suite = "clear" } = path;
    const how = `${comedia ? "comedia" : "connected"}, ${rtcpMux ? "one port" : "two ports"}, ${suite}`;
    return t.test(`${from.name} to ${to.name}: ${how}`, async (part) => {
      const all = await Promise.all(path.codecs.map((codec) => carry(path, codec)));
      path.codecs.forEach((codec, index) => {
        part.diagnostic(`${codec} ${JSON.stringify(all[index])}`);
        check(all[index], codecs[codec].kind);
      });
    });
  });
  await Promise.all(runs);
});
