// The page of the layers test: sends a drawn film as its address asks, or receives and tells what it sees.
import { Client } from "../call/client.mjs";
import { film } from "../lib/film.mjs";
import { rpc } from "../lib/rpc.mjs";

const query = new URLSearchParams(location.search);
const seen = { longestGapMs: 0, shown: 0, lastMs: 0, width: 0, height: 0 };

// Notes every picture that is shown: the pause before it, and its size.
function watch(element) {
  element.requestVideoFrameCallback((now, { width, height }) => {
    if (seen.lastMs) seen.longestGapMs = Math.max(seen.longestGapMs, now - seen.lastMs);
    Object.assign(seen, { lastMs: now, shown: seen.shown + 1, width, height });
    watch(element);
  });
}

function play(consumer) {
  const element = Object.assign(document.createElement("video"), { autoplay: true, muted: true });
  element.srcObject = new MediaStream([consumer.track]);
  document.body.append(element);
  watch(element);
}

const counters = ["framesDecoded", "framesDropped", "keyFramesDecoded", "freezeCount", "totalFreezesDuration"];
const more = ["packetsReceived", "packetsLost", "nackCount", "pliCount"];

async function look() {
  const all = [...((await window.call.consumers[0]?.getStats()) ?? new Map()).values()];
  const stats = all.find(({ type }) => type === "inbound-rtp");
  return { ...Object.fromEntries([...counters, ...more].map((name) => [name, stats?.[name]])), ...seen };
}

async function start() {
  window.call = await Client.join(rpc, { onConsumer: play });
  window.look = look;
  window.forgetGap = () => {
    seen.longestGapMs = 0;
  };
  if (!query.has("wanted")) return;
  const { codec, encodings, size, fps } = JSON.parse(query.get("wanted"));
  await window.call.produce(film(size, fps), { codec, encodings, codecOptions: { videoGoogleStartBitrate: 1000 } });
}

window.started = start().then(
  () => "",
  (error) => String(error),
);
