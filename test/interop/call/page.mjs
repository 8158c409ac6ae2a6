// The page of the interop call: sends camera and microphone, receives what others send. window.call is for the test.
import { rpc } from "../lib/rpc.mjs";
import { Client } from "./client.mjs";

const query = new URLSearchParams(location.search);

function play(consumer) {
  const element = document.createElement(consumer.kind);
  element.srcObject = new MediaStream([consumer.track]);
  element.autoplay = true;
  document.body.append(element);
}

async function start() {
  window.call = await Client.join(rpc, { onConsumer: play });
  if (!query.has("codec")) return;
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const video = { codec: query.get("codec"), encodings: [{ scaleResolutionDownBy: 2, maxBitrate: 300_000 }] };
  for (const track of media.getTracks()) await window.call.produce(track, track.kind === "video" ? video : {});
}

window.started = start().then(
  () => "",
  (error) => String(error),
);
