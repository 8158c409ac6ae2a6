// A call of three pages: everybody sees and hears everybody, and sees what the others do.

import { after, before, test } from "node:test";
import { launchChromium } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { haveNoDevices, join, tilesOf, untilMediaFlow, untilOthersAre, untilState } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

let network;
let server;
let browser;
const pages = {};

before(async () => {
  network = await Network.create();
  server = await Server.start(network);
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await server?.close();
  network?.close();
});

const others = (name) => Object.keys(pages).filter((other) => other !== name);

async function everybodyGetsEverybody() {
  for (const [name, page] of Object.entries(pages)) {
    await untilOthersAre(page, others(name));
    await untilMediaFlow(page, others(name));
  }
}

function untilTile(page, name, what, condition) {
  return until(`the tile of ${name} is ${what}`, async () => {
    const tile = (await tilesOf(page))[name];
    return tile && condition(tile);
  });
}

test("Three pages each decode the two others", async () => {
  for (const name of ["Ada", "Ben", "Cleo"]) {
    pages[name] = await browser.newPage();
    await join(pages[name], server, "trio", name);
  }
  await everybodyGetsEverybody();
});

test("A talker is marked", () => untilTile(pages.Ada, "Ben", "talking", (tile) => tile.talking));

test("Muting by the key M is seen by the others, and heard again afterwards", async () => {
  await pages.Ada.press("m");
  await untilTile(pages.Ben, "Ada", "muted", (tile) => tile.audio === "off" && tile.video === "on");
  await untilTile(pages.Cleo, "Ada", "muted", (tile) => tile.audio === "off");
  await pages.Ada.press("m");
  await untilTile(pages.Ben, "Ada", "no longer muted", (tile) => tile.audio === "on");
  await untilMediaFlow(pages.Ben, ["Ada"]);
});

test("A camera that goes off and on is seen by the others", async () => {
  await pages.Ben.click('[data-control="camera"]');
  await untilTile(pages.Ada, "Ben", "without picture", (tile) => tile.video === "off" && tile.audio === "on");
  await pages.Ben.click('[data-control="camera"]');
  await untilTile(pages.Ada, "Ben", "with picture", (tile) => tile.video === "on");
  await untilMediaFlow(pages.Ada, ["Ben"]);
});

test("A page that reloads is back with its media, in every direction", async () => {
  await pages.Cleo.reload();
  await untilState(pages.Cleo, "joined");
  await everybodyGetsEverybody();
});

test("Somebody in another room is neither seen nor sees", async () => {
  const page = await browser.newPage();
  await join(page, server, "elsewhere", "Dora");
  await untilOthersAre(page, []);
  await untilOthersAre(pages.Ada, ["Ben", "Cleo"]);
  await page.close();
});

test("A browser that holds sound back is asked for it by a button", async () => {
  const strict = await launchChromium({ autoplay: "document-user-activation-required" });
  const page = await strict.newPage();
  await page.raw.addInitScript(haveNoDevices); // A listener, who is asked nothing before.
  // page.evaluate() counts as a user's gesture, which would allow the sound: ask the browser without one.
  const session = await page.raw.context().newCDPSession(page.raw);
  const ask = async (expression) => (await session.send("Runtime.evaluate", { expression })).result.value;
  await page.goto(`${server.url}/r/trio?name=Lena`);
  await until("a button for the sound", () => ask(`document.body.innerText.includes("Turn sound on")`));
  await page.raw.getByRole("button", { name: "Turn sound on" }).click();
  await untilMediaFlow(page, ["Ada", "Ben", "Cleo"]);
  await until("the button is gone", () => ask(`!document.body.innerText.includes("Turn sound on")`));
  await strict.close();
});

test("Who leaves by the button, or closes the page, is gone from the others", async () => {
  await pages.Cleo.click('[data-control="leave"]');
  await untilState(pages.Cleo, "left");
  await untilOthersAre(pages.Ada, ["Ben"]);
  await untilOthersAre(pages.Ben, ["Ada"]);
  await pages.Ben.close();
  await untilOthersAre(pages.Ada, []);
});
