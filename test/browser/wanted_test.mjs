// A page sends of its camera what somebody wants: while nobody looks, or all look at it small, the larger sizes stay out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { join, readSent, tilesOf } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

let network;
let server;
let browser;
/** Ada sends three sizes; Ben looks. */
let ada;
let ben;

before(async () => {
  network = await Network.create();
  server = await Server.start(network, ["--workers", "1"]);
  browser = await launchChromium();
  ada = await browser.newPage({ camera: { width: 1280, height: 720 } });
  ben = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await join(ada, server, "wanted", "Ada");
  await join(ben, server, "wanted", "Ben");
});

after(async () => {
  await browser?.close();
  await server?.close();
  network?.close();
});

/** The widths of which Ada encodes pictures meanwhile. */
async function widthsSent(ms) {
  const start = await ada.evaluate(readSent);
  const end = Date.now() + ms;
  await until("time passes", () => Date.now() >= end);
  const now = await ada.evaluate(readSent);
  return Object.keys(now)
    .filter((width) => now[width] > (start[width] ?? 0))
    .map(Number);
}

async function untilSent(what, condition) {
  let sent = [];
  await until(
    () => `${what}: ${sent}`,
    async () => {
      sent = await widthsSent(300);
      return condition(sent);
    },
  );
}

const show = (display) =>
  ben.evaluate((value) => {
    document.querySelector('[data-participant="Ada"]').style.display = value;
  }, display);

test("A camera that is seen large is sent in all sizes", async () => {
  await untilSent("three sizes are sent", (sent) => sent.includes(1280) && sent.length === 3);
});

test("While nobody looks only the smallest is sent", async () => {
  await show("none");
  await untilSent("one size is sent", (sent) => sent.length === 1 && sent[0] === 320);
});

test("The large one is back within three seconds of being wanted", async () => {
  await show("");
  const start = Date.now();
  await untilSent("the large size is sent", (sent) => sent.includes(1280));
  assert.ok(Date.now() - start < 3_000, `${Date.now() - start} ms`);
  await until(
    async () => `the large size is seen: ${JSON.stringify(await tilesOf(ben))}`,
    async () => (await tilesOf(ben)).Ada.width === 1280,
  );
});

test("Who looks at it small gets the smallest without a break when the others stop", async () => {
  const frames = async () => (await tilesOf(ben)).Ada.frames;
  await ben.raw.setViewportSize({ width: 280, height: 360 });
  await untilSent("one size is sent", (sent) => sent.length === 1 && sent[0] === 320);
  const before = await frames();
  await until("pictures go on coming", async () => (await frames()) > before + 20);
});
