// What breaks in a call heals by itself: a network that is away for 5 s, a worker that dies, a server that restarts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { join, stateOf, textOf, tilesOf, untilMediaFlow, untilOthersAre, untilState } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

let network;
let server;
let home;
let away;
let ada;
let ben;

before(async () => {
  network = await Network.create();
  server = await Server.start(network, ["--workers", "1"]);
  home = await launchChromium();
  away = await launchChromium({ where: network.inAway() });
  ada = await home.newPage();
  ben = await away.newPage();
  await join(ada, server, "rough", "Ada");
  await join(ben, server, "rough", "Ben");
  await bothWays();
});

after(async () => {
  await away?.close();
  await home?.close();
  await server?.close();
  network?.close();
});

async function bothWays() {
  await untilOthersAre(ada, ["Ben"]);
  await untilOthersAre(ben, ["Ada"]);
  await untilMediaFlow(ada, ["Ben"]);
  await untilMediaFlow(ben, ["Ada"]);
}

function untilText(page, words, limitMs) {
  return until(
    async () => `the page says "${words}"; it says: ${await textOf(page)}`,
    async () => (await textOf(page)).includes(words),
    limitMs,
  );
}

test("A network that is away for 5 s is said in words, and the media come back", async () => {
  network.cutAway();
  const back = Date.now() + 5_000;
  await untilText(ben, "Connection lost, trying again", 5_000);
  const frames = (await tilesOf(ben)).Ada.frames;
  await until("5 s have gone by", () => Date.now() >= back);
  assert.ok((await tilesOf(ben)).Ada.frames <= frames + 1, "nothing is decoded while the network is away");
  network.mendAway();
  await untilState(ben, "joined");
  await bothWays();
});

test("A network that is away for longer is come back from by joining again, under the same name", async () => {
  network.cutAway();
  const gaveUp = () => window.connectionsOfTest.every(({ connectionState }) => connectionState === "closed");
  await until("the page gave up its connections", () => ben.evaluate(gaveUp), 40_000);
  network.mendAway();
  await untilState(ben, "joined");
  await bothWays();
});

test("When UDP is blocked the media go on over TCP, without joining again", async () => {
  const count = await ben.evaluate(() => window.connectionsOfTest.length);
  network.blockUdp();
  await until("the page notices", async () => (await stateOf(ben)) === "reconnecting", 20_000);
  await untilState(ben, "joined");
  await bothWays();
  network.allowUdp();
  assert.equal(await ben.evaluate(() => window.connectionsOfTest.length), count, "no new connection was made");
});

test("Who joins where UDP is blocked has media over TCP", async () => {
  network.blockUdp();
  await ben.reload();
  await untilState(ben, "joined");
  await bothWays();
  network.allowUdp();
});

test("A worker that dies is said in words; within 5 s its rooms are joined again, and media flow", async () => {
  const workers = server.workers();
  assert.equal(workers.length, 1);
  const joined = await Promise.all([ada, ben].map((page) => page.evaluate(watchState)));
  assert.deepEqual(joined, [true, true]);
  process.kill(workers[0], "SIGKILL");
  for (const page of [ada, ben]) {
    const rejoinedAfterMs = await until(
      "the page joined again",
      () => page.evaluate(() => window.rejoinedAfterMs),
      20_000,
    );
    const said = await page.evaluate(() => window.saidMeanwhile);
    assert.ok(rejoinedAfterMs < 5_000, `joined again after ${rejoinedAfterMs} ms`);
    assert.ok(said.includes("The media server was restarted, rejoining…"), `the page said: ${said}`);
  }
  await bothWays();
});

test("A server that is started again is joined again", async () => {
  await server.kill();
  await untilText(ada, "trying again");
  assert.equal(await stateOf(ada), "reconnecting");
  await server.restart();
  await untilState(ada, "joined");
  await untilState(ben, "joined");
  await bothWays();
});

/** Runs in the page: remembers what it says, and how long it was not joined. */
function watchState() {
  let lostAt;
  window.saidMeanwhile = [];
  new MutationObserver(() => {
    if (document.body.dataset.state === "joined") {
      if (lostAt !== undefined) window.rejoinedAfterMs ??= performance.now() - lostAt;
    } else {
      lostAt ??= performance.now();
      window.saidMeanwhile.push(document.querySelector(".banner:not([hidden])")?.innerText ?? "");
    }
  }).observe(document.body, { attributes: true });
  return document.body.dataset.state === "joined";
}
