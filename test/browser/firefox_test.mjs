// Two kinds of browser in one call.

import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { join, untilMediaFlow, untilOthersAre } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";

let network;
let server;
let chromium;
let firefox;

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
  const ada = await chromium.newPage();
  const ben = await firefox.newPage();
  await join(ada, server, "mixed", "Ada");
  await join(ben, server, "mixed", "Ben");
  await untilOthersAre(ada, ["Ben"]);
  await untilMediaFlow(ada, ["Ben"]);
  await untilMediaFlow(ben, ["Ada"]);
});
