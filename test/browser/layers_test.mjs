// Each page gets of the others what it shows: who speaks large and sharp, the others small, and nothing unseen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { haveVoice, join, readSent, tilesOf, untilState } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

let network;
let server;
let browser;
/** Ada sends three layers; Ben is who looks. */
const pages = {};

before(async () => {
  network = await Network.create();
  server = await Server.start(network, ["--workers", "1"]);
  browser = await launchChromium();
  for (const name of ["Ada", "Ben", "Cleo"]) {
    const camera = name === "Ada" ? { width: 1280, height: 720 } : undefined;
    pages[name] = await browser.newPage({ camera, viewport: { width: 1440, height: 900 } });
    await pages[name].raw.addInitScript(haveVoice);
    await join(pages[name], server, "layers", name);
  }
});

after(async () => {
  await browser?.close();
  await server?.close();
  network?.close();
});

/** One speaks, the others are silent. */
async function speaks(speaker) {
  for (const [name, page] of Object.entries(pages)) {
    await page.evaluate((on) => window.speaksOfTest(on), name === speaker);
  }
}

function untilTile(name, what, condition, page = pages.Ben) {
  return until(
    async () => `the tile of ${name} ${what}: ${JSON.stringify(await tilesOf(page))}`,
    async () => condition((await tilesOf(page))[name]),
  );
}

/** From now on ten more frames come of each of these. */
async function untilFrames(...names) {
  const start = await tilesOf(pages.Ben);
  for (const name of names) {
    const base = start[name]?.frames ?? 0;
    await untilTile(name, "has a picture", (tile) => tile?.frames >= base + 10);
  }
}

/** What arrives of each video meanwhile. */
async function bytesIn(ms) {
  const start = await tilesOf(pages.Ben);
  const end = Date.now() + ms;
  await until("time passes", () => Date.now() >= end);
  const now = await tilesOf(pages.Ben);
  return Object.fromEntries(Object.keys(now).map((name) => [name, now[name].bytes - start[name].bytes]));
}

/** Runs in the page: what the figures of a participant say, line by line. */
function readFigures(name) {
  const lines = document.querySelectorAll(`[data-participant="${name}"] [data-figure]`);
  return [...lines].map((line) => [line.dataset.figure, [...line.querySelectorAll("dd")].map((dd) => dd.textContent)]);
}

test("A camera of 720 lines is sent in three sizes", async () => {
  await untilFrames("Cleo");
  await until(
    async () => `three sizes are sent: ${JSON.stringify(await pages.Ada.evaluate(readSent))}`,
    async () => {
      const sent = await pages.Ada.evaluate(readSent);
      return [320, 640, 1280].every((width) => sent[width] > 5);
    },
  );
});

test("Who speaks becomes large", async () => {
  await speaks("Cleo");
  await untilTile("Cleo", "is large", (tile) => tile.large && tile.width === 640);
  await untilTile("Ada", "is small, and comes in the smallest size", (tile) => !tile.large && tile.width === 320);
});

test("When another speaks they change places and sizes", async () => {
  await speaks("Ada");
  await untilTile("Ada", "is large and sharp", (tile) => tile.large && tile.width === 1280);
  await untilTile("Cleo", "is small", (tile) => !tile.large && tile.width === 320);
  await speaks("Cleo");
  await untilTile("Ada", "is small again", (tile) => !tile.large && tile.width === 320);
});

test("Who speaks is not large to oneself: the one before stays", async () => {
  await untilTile("Ada", "is large to Cleo", (tile) => tile.large, pages.Cleo);
});

test("The figures tell what arrives, and what is sent of each layer", async () => {
  await pages.Ben.press("i");
  await until(
    async () => `figures of both: ${JSON.stringify(await pages.Ben.evaluate(readFigures, "Ada"))}`,
    async () => {
      const own = await pages.Ben.evaluate(readFigures, "Ben");
      return (await pages.Ben.evaluate(readFigures, "Ada")).length > 1 && own.length > 1;
    },
  );
  const figures = Object.fromEntries(await pages.Ben.evaluate(readFigures, "Ada"));
  const said = JSON.stringify(figures);
  assert.deepEqual(figures.size, ["320×180"], said);
  assert.deepEqual(figures.layers, ["S1/3 T3/3"], said);
  assert.deepEqual(figures.codec, ["VP8"], said);
  assert.match(figures.loss[0], /^\d+\.\d %$/, said);
  const [kilobits, frames] = [figures.bitrate[0], figures["frame-rate"][0]].map((text) => Number.parseInt(text, 10));
  assert.ok(kilobits > 5 && kilobits < 400, said);
  assert.ok(frames > 2 && frames < 35, said);
  // Ben is small for everybody: after a while his large size is not sent any more.
  const sizesSent = async () => {
    const own = await pages.Ben.evaluate(readFigures, "Ben");
    return own.filter(([key]) => key === "sent").map(([, [size]]) => size);
  };
  await until(
    async () => `the small size alone is sent: ${JSON.stringify(await sizesSent())}`,
    async () => JSON.stringify(await sizesSent()) === JSON.stringify(["pauses", "320×180"]),
  );
  await pages.Ben.press("i");
  assert.deepEqual(await pages.Ben.evaluate(readFigures, "Ada"), []);
});

test("A tile that cannot be seen gets nothing, until it can be seen", async () => {
  const show = (display) =>
    pages.Ben.evaluate((value) => {
      document.querySelector('[data-participant="Ada"]').style.display = value;
    }, display);
  await show("none");
  await until("nothing more comes of Ada", async () => (await bytesIn(500)).Ada === 0);
  const bytes = await bytesIn(1_000);
  assert.equal(bytes.Ada, 0, "still nothing");
  assert.ok(bytes.Cleo > 0, "whom one sees is not affected");
  await show("");
  await untilFrames("Ada", "Cleo");
});

test("A page in the background hears, but gets no pictures", async () => {
  const turn = (state) =>
    pages.Ben.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await turn("hidden");
  await until("no pictures come", async () => Object.values(await bytesIn(500)).every((bytes) => bytes === 0));
  const before = (await tilesOf(pages.Ben)).Cleo.energy;
  await untilTile("Cleo", "is heard", (tile) => tile.energy > before);
  await turn("visible");
  await untilFrames("Cleo");
});

test("Who is pinned is large whoever speaks", async () => {
  await pages.Ben.raw.hover('[data-participant="Ada"]');
  await pages.Ben.click('[data-participant="Ada"] .pin');
  await untilTile("Ada", "is large", (tile) => tile.large && tile.width === 1280);
  await pages.Ben.click('[data-participant="Ada"] .pin');
  await untilTile("Cleo", "is large", (tile) => tile.large);
});

test("The grid shows all alike, and is remembered", async () => {
  await pages.Ben.press("g");
  const alike = async () => Object.values(await tilesOf(pages.Ben)).every((tile) => !tile.large);
  await until("nobody is large", alike);
  await untilTile("Ada", "comes in the size between", (tile) => tile.width === 640);
  await pages.Ben.reload();
  await untilState(pages.Ben, "joined");
  await untilFrames("Ada");
  assert.ok(await alike(), "still the grid after reloading");
  await pages.Ben.press("g");
  await untilTile("Cleo", "is large again: who comes back is told who has the floor", (tile) => tile.large);
});

test("AV1 comes as layers of one stream, and each of them is decoded", async () => {
  await pages.Ada.close();
  const dora = await browser.newPage();
  await dora.goto(`${server.url}/r/layers?name=Dora&codec=AV1`);
  await untilState(dora, "joined");
  await untilTile("Dora", "is small", (tile) => tile?.width === 320);
  await pages.Ben.raw.hover('[data-participant="Dora"]');
  await pages.Ben.click('[data-participant="Dora"] .pin');
  await untilTile("Dora", "is large", (tile) => tile.large && tile.width === 640);
  await untilFrames("Dora");
});
