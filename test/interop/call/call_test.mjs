// Chromium and Firefox in a call over our worker, driven by the published Node.js controller: each over UDP and over TCP.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "../../browser/lib/browsers.mjs";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import { PagePeer } from "./page_peer.mjs";
import { Conference } from "./server.mjs";

const LIMIT_MS = 60_000;
const FRAMES = 30;

let network;
let worker;
let conference;
let chromium;
let firefox;

before(async () => {
  network = await Network.create();
  worker = await startWorker(network.inServer());
  conference = await Conference.start([worker], serverAddress);
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  conference?.close();
  if (worker) await endWorker(worker);
  network?.close();
});

function open(browser, name, protocol, codec) {
  return PagePeer.open(browser, conference, { name, protocol, codec });
}

async function decodeEachOther(t, peers) {
  for (const peer of peers) {
    const seen = await peer.untilMedia(FRAMES);
    assert.deepEqual(seen.states, { send: "connected", receive: "connected" });
    t.diagnostic(`${peer.name}, ${peer.protocol}: ${JSON.stringify(seen)}`);
  }
}

// What the controller says of the peer, whose video is of this type.
async function checkController({ name, protocol }, mimeType) {
  const peer = conference.peer(name);
  const [stream] = await peer.producers.get("video").getStats();
  assert.equal(stream.mimeType, mimeType);
  assert.ok(stream.packetCount > 0 && stream.bitrate > 0, JSON.stringify(stream));
  const scores = () => [...peer.consumers.values()].map((consumer) => consumer.score.score);
  await until(() => `full scores of ${name}, ${scores()}`, () => scores().every((score) => score >= 7), LIMIT_MS);
  for (const transport of peer.transports.values()) {
    assert.equal(transport.dtlsState, "connected");
    assert.equal(transport.iceSelectedTuple.protocol, protocol);
    assert.equal(transport.iceSelectedTuple.localIp, serverAddress);
  }
}

test("Chromium over UDP and Firefox over TCP decode each other's VP8", async (t) => {
  const peers = [await open(chromium, "ada", "udp", "vp8"), await open(firefox, "ben", "tcp", "vp8")];
  await decodeEachOther(t, peers);
  for (const peer of peers) await checkController(peer, "video/VP8");

  await t.test("a paused producer stops for the other, and goes on with a key frame when resumed", async () => {
    const video = conference.peer("ada").producers.get("video");
    await video.pause();
    let last = -1;
    const standing = await peers[1].until("a standing picture", "received", ({ framesDecoded }) => {
      const stands = framesDecoded === last;
      last = framesDecoded;
      return stands;
    });
    await video.resume();
    await peers[1].untilMedia(standing.framesDecoded + FRAMES);
  });

  await t.test("a closed producer closes its consumer", async () => {
    const consumer = [...conference.peer("ben").consumers.values()].find(({ kind }) => kind === "audio");
    const closed = new Promise((done) => consumer.once("producerclose", done));
    conference.peer("ada").producers.get("audio").close();
    await closed;
    assert.ok(consumer.closed);
  });
  for (const peer of peers) await peer.leave();
});

test("Chromium over TCP and Firefox over UDP decode each other's VP9", async (t) => {
  const peers = [await open(chromium, "cem", "tcp", "vp9"), await open(firefox, "dot", "udp", "vp9")];
  await decodeEachOther(t, peers);
  for (const peer of peers) await checkController(peer, "video/VP9");
  for (const peer of peers) await peer.leave();
});
