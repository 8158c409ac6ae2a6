// One peer of @roamhq/wrtc under mediasoup-client, as a process of its own: peer.mjs URL NAME PROTOCOL LUMA.
// A message [method, ...words] from its parent is answered with [error, result] of that method. The parent kills it: this
// library aborts or hangs where a process of Node.js would end by itself.
import wrtc from "@roamhq/wrtc";

const FRAME_MS = 66;
const WIDTH = 160;
const HEIGHT = 120;
const SAMPLE_RATE = 48_000;

// What mediasoup-client takes from a page's global scope.
for (const name of ["RTCPeerConnection", "RTCSessionDescription", "RTCIceCandidate", "MediaStream", "MediaStreamTrack"]) {
  globalThis[name] = wrtc[name];
}
const { Client } = await import("../call/client.mjs");
const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = wrtc.nonstandard;
const [url, name, protocol, luma] = process.argv.slice(2);

async function rpc(method, body = {}) {
  const answer = await fetch(`${url}rpc/${method}?peer=${name}&protocol=${protocol}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`);
  return answer.json();
}

// A picture of one brightness, by which the receiver knows the sender.
function makePicture() {
  const source = new RTCVideoSource();
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 1.5).fill(128);
  data.fill(Number(luma), 0, WIDTH * HEIGHT);
  setInterval(() => source.onFrame({ width: WIDTH, height: HEIGHT, data }), FRAME_MS);
  return source.createTrack();
}

// A tone of 500 Hz, as the library wants it: 10 ms at a time.
function makeTone() {
  const source = new RTCAudioSource();
  const samples = Int16Array.from({ length: SAMPLE_RATE / 100 }, (_, i) => 8000 * Math.sin((2 * Math.PI * i) / 96));
  const form = { sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: samples.length };
  setInterval(() => source.onData({ samples, ...form }), 10);
  return source.createTrack();
}

// How much was decoded, the middle of the last picture, and the loudest sample.
const decoded = { frames: 0, luma: 0, sounds: 0, peak: 0 };
const sinks = []; // or they would be collected as garbage

function decode({ track, kind }) {
  if (kind === "video") {
    const sink = new RTCVideoSink(track);
    sink.onframe = ({ frame }) => {
      decoded.frames += 1;
      decoded.luma = frame.data[(frame.width * frame.height) / 2 + frame.width / 2];
    };
    sinks.push(sink);
  } else {
    const sink = new RTCAudioSink(track);
    sink.ondata = ({ samples }) => {
      decoded.sounds += 1;
      decoded.peak = Math.max(decoded.peak, ...samples);
    };
    sinks.push(sink);
  }
}

const client = await Client.join(rpc, { handlerName: "Chrome74", onConsumer: decode });
client.decoded = () => ({ ...decoded, states: client.states, error: client.error });
for (const track of [makePicture(), makeTone()]) await client.produce(track, { codec: "vp8" });

process.on("message", async ([method, ...words]) => {
  try {
    process.send(["", await client[method](...words)]);
  } catch (error) {
    process.send([String(error)]);
  }
});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.send(["", "joined"]);
