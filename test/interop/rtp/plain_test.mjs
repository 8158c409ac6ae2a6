// ffmpeg and GStreamer send into plain transports, and what the worker forwards is decoded by the other: plain RTP and every
// SRTP suite, first-packet ("comedia") and connected transports, one port and two.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import * as ffmpeg from "./ffmpeg.mjs";
import * as gstreamer from "./gstreamer.mjs";

const homeAddress = "10.77.0.1";
const FRAMES = { video: 15, audio: 60 };
const KEY_BYTES = {
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_CM_128_HMAC_SHA1_32: 30,
  AEAD_AES_128_GCM: 28,
  AEAD_AES_256_GCM: 44,
};

const codecs = {
  VP8: { kind: "video", mimeType: "video/VP8", clockRate: 90000, payloadType: 101 },
  H264: {
    kind: "video",
    mimeType: "video/H264",
    clockRate: 90000,
    payloadType: 102,
    parameters: { "packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1 },
  },
  opus: { kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2, payloadType: 100 },
};

let network;
let worker;
let router;
let lastPort = 20_000; // the namespace is the test's own: nobody else has ports there

before(async () => {
  network = await Network.create();
  worker = await startWorker(network.inServer());
  router = await worker.createRouter({
    mediaCodecs: Object.values(codecs).map(({ payloadType, ...codec }) => codec),
  });
});

after(async () => {
  if (worker) await endWorker(worker);
  network?.close();
});

function portPair() {
  lastPort += 2;
  return lastPort;
}

function secretFor(cryptoSuite) {
  return cryptoSuite && { cryptoSuite, keyBase64: randomBytes(KEY_BYTES[cryptoSuite]).toString("base64") };
}

function createTransport({ comedia = false, rtcpMux, suite }) {
  const protection = suite ? { enableSrtp: true, srtpCryptoSuite: suite } : {};
  return router.createPlainTransport({ listenInfo: { protocol: "udp", ip: serverAddress }, comedia, rtcpMux, ...protection });
}

// The transport that the sender feeds. It is connected to where the sender will send from, or learns that.
async function inlet({ comedia, rtcpMux, suite }, port) {
  const transport = await createTransport({ comedia, rtcpMux, suite });
  const srtp = secretFor(suite);
  const from = comedia ? {} : { ip: homeAddress, port, ...(rtcpMux ? {} : { rtcpPort: port + 1 }) };
  if (!comedia || srtp) await transport.connect({ ...from, ...(srtp ? { srtpParameters: srtp } : {}) });
  const to = { ip: serverAddress, port: transport.tuple.localPort, rtcpPort: transport.rtcpTuple?.localPort };
  return { transport, srtp, to };
}

// The transport that sends to the receiver.
async function outlet({ rtcpMux, suite }, port) {
  const transport = await createTransport({ rtcpMux, suite });
  const target = { ip: homeAddress, port, ...(rtcpMux ? {} : { rtcpPort: port + 1 }) };
  await transport.connect({ ...target, ...(suite ? { srtpParameters: secretFor(suite) } : {}) });
  return transport;
}

async function produce(transport, codec, ssrc) {
  const { kind, mimeType, clockRate, channels, payloadType, parameters } = codecs[codec];
  return transport.produce({
    kind,
    rtpParameters: {
      codecs: [{ mimeType, clockRate, channels, payloadType, parameters }],
      encodings: [{ ssrc }],
      rtcp: { cname: `sender-${ssrc}` },
    },
  });
}

// What a program without repair and feedback understands.
function simpleCapabilities() {
  const plain = router.rtpCapabilities.codecs.filter(({ mimeType }) => !mimeType.endsWith("/rtx"));
  return { codecs: plain.map((codec) => ({ ...codec, rtcpFeedback: [] })), headerExtensions: [] };
}

async function carry(path, codec) {
  const ports = { sender: portPair(), receiver: portPair() };
  const way = await inlet(path, ports.sender);
  const out = await outlet(path, ports.receiver);
  const ssrc = 1_000_000 + ports.sender;
  const producer = await produce(way.transport, codec, ssrc);
  const consumer = await out.consume({ producerId: producer.id, rtpCapabilities: simpleCapabilities() });
  const { kind, clockRate, channels, payloadType } = codecs[codec];
  const sent = consumer.rtpParameters;
  const receiver = path.to.receive({
    ...{ kind, codec, clockRate, channels, port: ports.receiver, frames: FRAMES[kind] },
    ...{ payloadType: sent.codecs[0].payloadType, ssrc: sent.encodings[0].ssrc, srtp: out.srtpParameters },
  });
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
  if (kind === "video") return assert.ok(decoded.frames >= FRAMES.video, JSON.stringify(decoded));
  assert.ok(decoded.samples >= 2 * 48_000 * 0.02 * (FRAMES.audio - 1), JSON.stringify(decoded));
  return assert.ok(decoded.decibels > -40 && decoded.decibels < 0, JSON.stringify(decoded));
}

const paths = [
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
