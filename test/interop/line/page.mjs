// The page of the line test: sends drawn films and a tone, or receives what others send and tells what it sees.
import { Client } from "../call/client.mjs";
import { film } from "../lib/film.mjs";
import { rpc } from "../lib/rpc.mjs";

const query = new URLSearchParams(location.search);
const videos = []; // { shown, lastMs, longestGapMs, width }

// Notes every picture that is shown, and the longest pause between two.
function watch(element, seen) {
  element.requestVideoFrameCallback((now, { width }) => {
    if (seen.lastMs) seen.longestGapMs = Math.max(seen.longestGapMs, now - seen.lastMs);
    Object.assign(seen, { lastMs: now, shown: seen.shown + 1, width });
    watch(element, seen);
  });
}

function play(consumer) {
  const element = Object.assign(document.createElement(consumer.kind), { autoplay: true, muted: consumer.kind === "video" });
  element.srcObject = new MediaStream([consumer.track]);
  document.body.append(element);
  if (consumer.kind === "audio") return;
  videos.push({ id: consumer.id, shown: 0, lastMs: 0, longestGapMs: 0, width: 0 });
  watch(element, videos.at(-1));
}

async function look() {
  const sum = { bytes: 0, audioLost: 0, audioReceived: 0, videoLost: 0, freezes: 0, frozenS: 0 };
  for (const consumer of window.call.consumers) {
    const inbound = [...(await consumer.getStats()).values()].find(({ type }) => type === "inbound-rtp");
    if (!inbound) continue;
    sum.bytes += inbound.bytesReceived + inbound.headerBytesReceived;
    sum.freezes += inbound.freezeCount ?? 0;
    sum.frozenS += inbound.totalFreezesDuration ?? 0;
    if (consumer.kind === "video") sum.videoLost += inbound.packetsLost;
    if (consumer.kind === "audio") sum.audioLost += inbound.packetsLost;
    if (consumer.kind === "audio") sum.audioReceived += inbound.packetsReceived;
  }
  return { ...sum, atMs: performance.now(), videos: videos.map((seen) => ({ ...seen })), error: window.call.error };
}

function forgetGaps() {
  for (const seen of videos) seen.longestGapMs = 0;
}

function tone() {
  const context = new AudioContext();
  const out = new MediaStreamAudioDestinationNode(context);
  const wave = new OscillatorNode(context, { frequency: 440 });
  wave.connect(out);
  wave.start();
  return out.stream.getAudioTracks()[0];
}

async function start() {
  window.call = await Client.join(rpc, { onConsumer: play });
  Object.assign(window, { look, forgetGaps });
  if (!query.has("films")) return;
  const { count, size, fps, encodings } = JSON.parse(query.get("films"));
  for (let i = 0; i < count; i += 1) {
    const track = film(size, fps, { grain: true });
    await window.call.produce(track, { codec: "VP8", encodings, codecOptions: { videoGoogleStartBitrate: 3000 } });
  }
  await window.call.produce(tone());
}

window.started = start().then(
  () => "",
  (error) => String(error),
);
