// Two kinds of browser in one call.

import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { join, tilesOf, untilMediaFlow, untilOthersAre } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

let network;
let server;
let chromium;
let firefox;
let ada;

before(async () => {
  network = await Network.create();
  server = await Server.start(network);
  chromium = await launchChromium();
  firefox = await launchFirefox();
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  await server?.close();
  network?.close();
});

test("Firefox and Chromium decode each other", async () => {
  ada = await chromium.newPage();
  const ben = await firefox.newPage();
  await join(ada, server, "mixed", "Ada");
  await join(ben, server, "mixed", "Ben");
  await untilOthersAre(ada, ["Ben"]);
  await untilMediaFlow(ada, ["Ben"]);
  await untilMediaFlow(ben, ["Ada"]);
});

test("Firefox sends two sizes, of which Chromium gets the one that its tile needs", async () => {
  for (const [width, height, expected] of [
    [480, 480, 320],
    [1440, 900, 640],
  ]) {
    await ada.raw.setViewportSize({ width, height });
    await until(
      async () => `Ben is ${expected} wide in a window of ${width}: ${JSON.stringify(await tilesOf(ada))}`,
      async () => (await tilesOf(ada)).Ben.width === expected,
    );
  }
});
