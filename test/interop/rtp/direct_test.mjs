// Media through the controller itself: what GStreamer sends comes out of one direct transport, and what goes into another is
// decoded by ffmpeg. Both in one process here; reports travel the same way.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import * as ffmpeg from "./ffmpeg.mjs";
import * as gstreamer from "./gstreamer.mjs";
import { codecs, consume, inlet, mediaCodecs, outlet, portPair, produce, reception } from "./plain_path.mjs";

const FRAMES = 15;
const RTCP_SENDER_REPORT = 200;
const LIMIT_MS = 30_000;

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

async function carry(codec) {
  const ports = { sender: portPair(), receiver: portPair() };
  const path = { comedia: true, rtcpMux: true };
  const way = await inlet(router, serverAddress, path, ports.sender);
  const source = await produce(way.transport, codec, 1_000_000 + ports.sender);
  const directOut = await router.createDirectTransport();
  const directIn = await router.createDirectTransport();
  const taken = await consume(router, directOut, source.id);
  const { kind, rtpParameters } = taken;
  const given = await directIn.produce({ kind, rtpParameters });
  const seen = { packets: 0, reports: 0 };
  taken.on("rtp", (packet) => {
    seen.packets += 1;
    given.send(packet);
  });
  directOut.on("rtcp", (packet) => {
    if (packet[1] === RTCP_SENDER_REPORT) seen.reports += 1;
    directIn.sendRtcp(packet);
  });
  const out = await outlet(router, serverAddress, path, ports.receiver);
  const consumer = await consume(router, out, given.id);
  const receiver = ffmpeg.receive(reception(consumer, out, codec, ports.receiver, FRAMES));
  const { payloadType } = codecs[codec];
  const to = { kind, codec, payloadType, ssrc: 1_000_000 + ports.sender, to: way.to, port: ports.sender };
  const sender = gstreamer.send(to);
  try {
    const decoded = await receiver.decoded;
    await until("a sender report", async () => seen.reports > 0, LIMIT_MS);
    const [stream] = await given.getStats();
    assert.equal(stream.packetsLost, 0);
    assert.ok(stream.packetCount > 0 && stream.packetCount <= seen.packets, JSON.stringify({ stream, seen }));
    return { ...decoded, ...seen };
  } finally {
    await Promise.all([sender.kill(), receiver.program.kill()]);
    for (const transport of [way.transport, out, directOut, directIn]) transport.close();
  }
}

test("video and audio through direct transports", async (t) => {
  const [video, audio] = await Promise.all([carry("VP8"), carry("opus")]);
  t.diagnostic(JSON.stringify({ video, audio }));
  assert.ok(video.frames >= FRAMES && audio.samples > 0 && audio.decibels > -40);
});
