// Two headless Chromium pages in a call over our worker, driven by the published Node.js controller.
// SLUICE_WORKER names the worker.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { Conference } from "./server.mjs";

const CONDITION_LIMIT_MS = 60_000;
const POLL_MS = 250;
const FRAMES = 60;

const flags = [
  "--no-sandbox",
  "--use-fake-device-for-media-stream=fps=30",
  "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-gpu",
];

let conference;
let browser;
let pages;

// Waits until look() gives something true; says what it was that did not come, and what was seen last.
async function eventually(what, look) {
  const end = Date.now() + CONDITION_LIMIT_MS;
  let seen;
  while (Date.now() < end) {
    seen = await look();
    if (seen.ok) return seen;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  return assert.fail(`${what} did not come about; last seen: ${JSON.stringify(seen)}`);
}

async function open(name) {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => console.log(`${name}: ${error}`));
  await page.goto(`${conference.url}?peer=${name}`);
  return page;
}

async function look(page) {
  const seen = await page.evaluate(async () => ({
    ...(await window.call.received()),
    states: window.call.states,
    error: window.call.error,
  }));
  assert.equal(seen.error, "");
  return seen;
}

before(async () => {
  conference = await Conference.start(process.env.SLUICE_WORKER);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  pages = [await open("ada"), await open("ben")];
});

after(async () => {
  await browser?.close();
  await conference?.close();
});

test("frames decode and sound arrives both ways", async () => {
  for (const page of pages) {
    await eventually("video and audio", async () => {
      const seen = await look(page);
      return { ...seen, ok: seen.framesDecoded >= FRAMES && seen.audioEnergy > 0 && seen.kinds.length === 2 };
    });
    const seen = await look(page);
    assert.deepEqual(seen.states, { send: "connected", receive: "connected" });
  }
});

test("the controller sees what the worker forwards", async () => {
  const ada = conference.peer("ada");
  const ben = conference.peer("ben");
  for (const [sender, receiver] of [
    [ada, ben],
    [ben, ada],
  ]) {
    const [stream] = await sender.producers.get("video").getStats();
    assert.equal(stream.mimeType, "video/VP8");
    assert.ok(stream.packetCount > 0 && stream.bitrate > 0, JSON.stringify(stream));
    await eventually("a full score", async () => ({
      ok: [...receiver.consumers.values()].every((consumer) => consumer.score.score >= 7),
      scores: [...receiver.consumers.values()].map((consumer) => consumer.score),
    }));
    for (const transport of sender.transports.values()) {
      assert.equal(transport.dtlsState, "connected");
      assert.equal(transport.iceSelectedTuple.protocol, "udp");
    }
  }
});

test("a paused producer stops for the other, and goes on with a key frame when resumed", async () => {
  const video = conference.peer("ada").producers.get("video");
  await video.pause();
  let last = -1;
  await eventually("a standing picture", async () => {
    const { framesDecoded } = await look(pages[1]);
    const ok = framesDecoded === last;
    last = framesDecoded;
    return { ok, framesDecoded };
  });
  await video.resume();
  await eventually("a moving picture", async () => {
    const { framesDecoded } = await look(pages[1]);
    return { ok: framesDecoded > last + FRAMES, framesDecoded };
  });
});

test("a closed producer closes its consumer", async () => {
  const consumers = [...conference.peer("ben").consumers.values()];
  const consumer = consumers.find((candidate) => candidate.kind === "audio");
  const closed = new Promise((done) => consumer.once("producerclose", done));
  conference.peer("ada").producers.get("audio").close();
  await closed;
  assert.ok(consumer.closed);
});
