// A screen that is shared: a second picture of somebody, large for the others, until its owner or the browser ends it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { endScreen, haveScreen, join, readScreens, textOf, untilMediaFlow } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

let network;
let server;
let chromium;
let firefox;
let ada;
let ben;

before(async () => {
  network = await Network.create();
  server = await Server.start(network, ["--workers", "1"]);
  chromium = await launchChromium();
  firefox = await launchFirefox();
  ada = await chromium.newPage({ viewport: { width: 1440, height: 900 } });
  ben = await firefox.newPage();
  await ben.prepare(haveScreen);
  await join(ada, server, "screens", "Ada");
  await join(ben, server, "screens", "Ben");
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  await server?.close();
  network?.close();
});

const share = (page) => page.click('[data-control="screen"]');

/** `page` decodes the screen of `name`, larger than any camera and nothing of it cut off. */
async function untilScreenIsLarge(page, name) {
  let start;
  await until(
    async () => `the screen of ${name} is seen: ${JSON.stringify(await page.evaluate(readScreens))}`,
    async () => {
      const screen = (await page.evaluate(readScreens))[name];
      start ??= screen?.frames;
      return screen?.large && screen.fit === "contain" && screen.width > 0 && screen.frames > start;
    },
    40_000,
  );
  const { area, camerasArea } = (await page.evaluate(readScreens))[name];
  assert.ok(area > camerasArea, `${area} is less than ${camerasArea}`);
}

async function untilNoScreens(page) {
  await until(
    async () => `no screen: ${JSON.stringify(await page.evaluate(readScreens))}`,
    async () => Object.keys(await page.evaluate(readScreens)).length === 0,
  );
}

const people = (page) => page.evaluate(() => Number.parseInt(document.querySelector(".count").textContent, 10));

test("Firefox sees the screen that Chromium shares large, beside the cameras", async () => {
  await share(ada);
  await untilScreenIsLarge(ben, "Ada");
  await untilMediaFlow(ben, ["Ada"]);
  assert.equal(await people(ben), 2);
  assert.match(await textOf(ada), /Stop sharing/);
});

test("The button ends it", async () => {
  await share(ada);
  await untilNoScreens(ben);
  assert.match(await textOf(ada), /Share screen/);
});

test("Chromium sees the screen that Firefox shares, after a reload as well", async () => {
  await share(ben);
  await untilScreenIsLarge(ada, "Ben");
  await ada.reload();
  await untilScreenIsLarge(ada, "Ben");
});

test("Two screens at once: the later one is large", async () => {
  await share(ada);
  await untilScreenIsLarge(ben, "Ada");
  await untilScreenIsLarge(ada, "Ben");
  await share(ada);
  await untilNoScreens(ben);
});

test("The browser's own button ends it", async () => {
  await ben.evaluate(endScreen);
  await untilNoScreens(ada);
  assert.match(await textOf(ben), /Share screen/);
  assert.doesNotMatch(await textOf(ben), /unplugged/);
});

test("It can be shared again", async () => {
  await share(ben);
  await untilScreenIsLarge(ada, "Ben");
});
