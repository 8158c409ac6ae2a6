// A pipe between workers at two hosts: GStreamer feeds one, what comes out of the other is decoded by ffmpeg.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { awayAddress, Network, serverAddress } from "../../browser/lib/network.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import * as ffmpeg from "./ffmpeg.mjs";
import * as gstreamer from "./gstreamer.mjs";
import { codecs, consume, inlet, mediaCodecs, outlet, portPair, produce, reception } from "./plain_path.mjs";

const FRAMES = 15;
const addresses = [serverAddress, awayAddress];

let network;
let workers = [];
let routers;

before(async () => {
  network = await Network.create();
  workers = await Promise.all([startWorker(network.inServer()), startWorker(network.inAway())]);
  routers = await Promise.all(workers.map((worker) => worker.createRouter({ mediaCodecs })));
});

after(async () => {
  await Promise.all(workers.map(endWorker));
  network?.close();
});

async function connectPipes(options) {
  const pipes = await Promise.all(
    routers.map((router, i) =>
      router.createPipeTransport({ listenInfo: { protocol: "udp", ip: addresses[i] }, ...options }),
    ),
  );
  for (const [mine, other] of [pipes, [...pipes].reverse()]) {
    const { localAddress: ip, localPort: port } = other.tuple;
    await mine.connect({ ip, port, srtpParameters: other.srtpParameters });
  }
  return pipes;
}

async function carry(codec, options) {
  const [pipeOut, pipeIn] = await connectPipes(options);
  const ports = { sender: portPair(), receiver: portPair() };
  const path = { comedia: false, rtcpMux: true };
  const way = await inlet(routers[0], addresses[0], path, ports.sender);
  const out = await outlet(routers[1], addresses[1], path, ports.receiver);
  const ssrc = 1_000_000 + ports.sender;
  const source = await produce(way.transport, codec, ssrc);
  const { kind, rtpParameters } = await pipeOut.consume({ producerId: source.id });
  const piped = await pipeIn.produce({ id: source.id, kind, rtpParameters });
  const consumer = await consume(routers[1], out, piped.id);
  const receiver = ffmpeg.receive(reception(consumer, out, codec, ports.receiver, FRAMES));
  const { payloadType } = codecs[codec];
  const sender = gstreamer.send({ kind, codec, payloadType, ssrc, to: way.to, port: ports.sender });
  try {
    const decoded = await receiver.decoded;
    const [stream] = await piped.getStats();
    assert.ok(stream.packetCount > 0 && stream.packetsLost === 0, JSON.stringify(stream));
    assert.equal(pipeIn.tuple.remoteIp, addresses[0]);
    return decoded;
  } finally {
    await Promise.all([sender.kill(), receiver.program.kill()]);
    for (const transport of [way.transport, out, pipeOut, pipeIn]) transport.close();
  }
}

for (const options of [{ enableSrtp: true, enableRtx: true }, {}]) {
  test(`video and audio through a pipe between two hosts ${JSON.stringify(options)}`, async (t) => {
    const [video, audio] = await Promise.all([carry("VP8", options), carry("opus", options)]);
    t.diagnostic(JSON.stringify({ video, audio }));
    assert.ok(video.frames >= FRAMES && audio.samples > 0 && audio.decibels > -40);
  });
}
