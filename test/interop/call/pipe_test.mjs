// Two workers and a browser at each: what one sends goes through a pipe to the other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "../../browser/lib/browsers.mjs";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import { carryData, large, small } from "./data_check.mjs";
import { PagePeer } from "./page_peer.mjs";
import { Conference } from "./server.mjs";

const FRAMES = 30;

let network;
let workers = [];
let conference;
let chromium;
let firefox;

before(async () => {
  network = await Network.create();
  workers = await Promise.all([startWorker(network.inServer()), startWorker(network.inServer())]);
  conference = await Conference.start(workers, serverAddress, { data: true });
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  conference?.close();
  await Promise.all(workers.map(endWorker));
  network?.close();
});

test("browsers at two workers decode each other through a pipe", async (t) => {
  const ada = await PagePeer.open(chromium, conference, { name: "ada", side: 0, codec: "vp8" });
  const ben = await PagePeer.open(firefox, conference, { name: "ben", side: 1, codec: "vp8" });
  for (const peer of [ada, ben]) {
    const seen = await peer.untilMedia(FRAMES);
    t.diagnostic(`${peer.name}: ${JSON.stringify(seen)}`);
  }
  const routers = conference.sides.map(({ router }) => router);
  const dumps = await Promise.all(workers.map((worker) => worker.dump()));
  assert.equal(new Set(dumps.map(({ pid }) => pid)).size, 2);
  assert.notEqual(routers[0].id, routers[1].id);

  await t.test("a pause travels through the pipe", async () => {
    const consumer = [...conference.peer("ben").consumers.values()].find(({ kind }) => kind === "video");
    const paused = new Promise((done) => consumer.once("producerpause", done));
    await conference.peer("ada").producers.get("video").pause();
    await paused;
    const resumed = new Promise((done) => consumer.once("producerresume", done));
    await conference.peer("ada").producers.get("video").resume();
    await resumed;
    const { framesDecoded } = await ben.ask("received");
    await ben.untilMedia(framesDecoded + FRAMES);
  });

  await t.test("messages travel through the pipe, both ways", async () => {
    await carryData(ada, ben, "from ada", { ordered: true }, [...small, ...large]);
    await carryData(ben, ada, "from ben", { ordered: false }, [...small, ...large]);
  });
});
