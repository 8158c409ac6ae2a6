// encoders.mjs [NAME...]: records what GStreamer makes with libvpx, x264 and x265, three sizes of one picture as the layers
// of a simulcast, into test/vectors/NAME.rtp. A key frame every half second, no B-frames. The RTP clock is one for all.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "../lib/program.mjs";
import { describe, makeVector } from "./vector_file.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const SIZES = [
  { width: 80, height: 48, kbps: 80 },
  { width: 160, height: 96, kbps: 130 },
  { width: 320, height: 192, kbps: 260 },
];
const FPS = 30;
const KEY_FRAMES = FPS / 2;
const SECONDS = 2.5;
const WARM_UP_S = 1;

const vpx = `deadline=1 cpu-used=8 end-usage=cbr keyframe-max-dist=${KEY_FRAMES} error-resilient=default lag-in-frames=0`;

const encoders = [
  {
    name: "vp8-libvpx-simulcast",
    codec: "vp8",
    mode: "L1T1",
    encode: ({ kbps }) => `vp8enc ${vpx} target-bitrate=${kbps * 1000}`,
    packetize: "rtpvp8pay picture-id-mode=15-bit",
  },
  {
    name: "vp9-libvpx-simulcast",
    codec: "vp9",
    mode: "L1T1",
    encode: ({ kbps }) => `vp9enc ${vpx} target-bitrate=${kbps * 1000}`,
    packetize: "rtpvp9pay picture-id-mode=15-bit",
  },
  {
    name: "h264-x264-simulcast",
    codec: "h264",
    mode: "L1T1",
    encode: ({ kbps }) =>
      `x264enc bitrate=${kbps} key-int-max=${KEY_FRAMES} bframes=0 tune=zerolatency speed-preset=fast option-string=scenecut=0:sliced-threads=0:threads=1 ! ` +
      "video/x-h264,profile=main",
    packetize: "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
  },
  {
    name: "h265-x265-simulcast",
    codec: "h265",
    mode: "L1T1",
    encode: ({ kbps }) =>
      `x265enc bitrate=${kbps} key-int-max=${KEY_FRAMES} tune=zerolatency speed-preset=fast ` +
      "option-string=bframes=0:scenecut=0:open-gop=0:repeat-headers=1:log-level=none",
    packetize: "rtph265pay config-interval=-1 aggregate-mode=zero-latency",
  },
];

async function listen(packets) {
  const socket = createSocket("udp4");
  socket.on("message", (bytes) => packets.push({ at: Math.round(performance.now() * 1000), bytes }));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

function pipeline({ encode, packetize }, sockets) {
  const count = Math.ceil((WARM_UP_S + SECONDS + 2) * FPS);
  const source =
    `videotestsrc is-live=true num-buffers=${count} pattern=ball background-color=0xff205080 ! ` +
    `video/x-raw,width=320,height=192,framerate=${FPS}/1 ! tee name=t`;
  const branches = SIZES.map((size, i) => {
    const raw = `video/x-raw,format=I420,width=${size.width},height=${size.height}`;
    const pay = `${packetize} mtu=1000 pt=96 seqnum-offset=0 timestamp-offset=0`;
    const sink = `udpsink host=127.0.0.1 port=${sockets[i].address().port} sync=false async=false`;
    return `t. ! queue ! videoscale ! videoconvert ! ${raw} ! ${encode(size)} ! ${pay} ! ${sink}`;
  });
  return [source, ...branches].join(" ");
}

async function record(encoder) {
  const streams = SIZES.map(() => []);
  const sockets = await Promise.all(streams.map(listen));
  try {
    const words = pipeline(encoder, sockets).split(" ");
    await new Program("gst-launch-1.0", ["-q", ...words]).success(60_000);
  } finally {
    for (const socket of sockets) socket.close();
  }
  const file = makeVector({ ...encoder, streams, from: WARM_UP_S, seconds: SECONDS, paced: true });
  writeFileSync(join(here, "../../vectors", `${encoder.name}.rtp`), file);
  console.log(`${encoder.name}: ${describe(file)}`);
}

const names = process.argv.slice(2);
for (const encoder of encoders) {
  if (names.length > 0 && !names.includes(encoder.name)) continue;
  try {
    await record(encoder);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${encoder.name}: ${error.stack}`);
  }
}
