// The page that is captured from: sends a drawn film of the size, rate and encodings that its address asks for.
import { Client } from "../call/client.mjs";

const query = new URLSearchParams(location.search);
const wanted = JSON.parse(query.get("wanted"));

async function rpc(method, body = {}) {
  const answer = await fetch(`/rpc/${method}?${query}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`);
  return answer.json();
}

// No two pictures are alike, most of each is as it was: a stream of few bits in which a wrong reference shows.
function draw(canvas, number) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  context.fillStyle = "#205080";
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < 3; i += 1) {
    const angle = number / (11 + 5 * i) + i;
    context.fillStyle = `hsl(${(90 * i + number) % 360} 80% 50%)`;
    context.fillRect(
      width * (0.4 + 0.35 * Math.cos(angle)),
      height * (0.4 + 0.35 * Math.sin(angle)),
      width / 8,
      height / 6,
    );
  }
  context.fillStyle = "#fff";
  context.font = `${Math.round(height / 10)}px monospace`;
  context.fillText(String(number), 4, height - 8);
}

async function start() {
  const [width, height] = wanted.size;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.append(canvas);
  let number = 0;
  draw(canvas, number);
  setInterval(() => draw(canvas, ++number), 1000 / wanted.fps);
  const [track] = canvas.captureStream(wanted.fps).getVideoTracks();
  track.contentHint = "motion";
  window.call = await Client.join(rpc);
  const codecOptions = { videoGoogleStartBitrate: 1000 };
  await window.call.produce(track, { codec: wanted.codec, encodings: wanted.encodings, codecOptions });
}

window.started = start().then(
  () => "",
  (error) => String(error),
);
