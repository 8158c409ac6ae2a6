// How every state of the page stands up: axe-core finds nothing, and nothing overflows at a phone's, a tablet's and a
// desktop's width, light and dark.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launchChromium } from "./lib/browsers.mjs";
import { Network } from "./lib/network.mjs";
import { haveNoDevices, join, tilesOf, untilState } from "./lib/probe.mjs";
import { Server } from "./lib/server.mjs";
import { until } from "./lib/wait.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];

let network;
let server;
let browser;
let page;
/** Of the last one who joined. */
let other;

before(async () => {
  network = await Network.create();
  server = await Server.start(network, ["--workers", "1"]);
  browser = await launchChromium();
  page = await browser.newPage({ reducedMotion: "reduce" }); // Colours that still change confuse axe-core.
});

after(async () => {
  await browser?.close();
  await server?.close();
  network?.close();
});

async function standsUp(state, isWell = () => true) {
  await untilState(page, state);
  for (const colorScheme of ["light", "dark"]) {
    await page.raw.emulateMedia({ colorScheme });
    for (const size of sizes) {
      await page.raw.setViewportSize(size);
      const where = `${state}, ${colorScheme}, ${size.width} px`;
      await until(`${where}: no overflow`, () => page.evaluate(fitsInWidth), 3_000);
      await until(`${where}: ${isWell.name}`, () => page.evaluate(isWell), 3_000);
      await axeFindsNothing(where);
    }
  }
}

async function axeFindsNothing(where) {
  await page.evaluate(axe); // As text: the page's own policy allows no eval.
  assert.deepEqual(await page.evaluate(axeRun), [], where);
}

/** Runs in the page. */
function fitsInWidth() {
  return document.documentElement.scrollWidth <= window.innerWidth;
}

/** Runs in the page. */
async function axeRun() {
  const { violations } = await window.axe.run();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

test("The start page stands up", async () => {
  await page.goto(server.url);
  await standsUp("home");
});

test("The start page leads to a room, whatever was typed", async () => {
  await page.raw.fill("#room", "  Team Meeting! ");
  await page.press("Enter");
  await untilState(page, "lobby");
  assert.equal(new URL(page.raw.url()).pathname, "/r/team-meeting");
});

test("The preview shows the camera and the microphone's level, and stands up", async () => {
  await until("the preview has a picture", () => page.evaluate(() => document.querySelector("video").videoWidth > 0));
  assert.equal(await page.evaluate(() => document.querySelector("#choose-camera").disabled), false);
  await standsUp("lobby");
});

test("Microphone and camera that were turned off in the preview stay off in the call, which stands up", async () => {
  await page.click('[data-control="microphone"]');
  await page.click('[data-control="camera"]');
  await page.raw.fill("#name", "Ada Lovelace");
  await page.press("Enter");
  await standsUp("joined");
  const own = (await tilesOf(page))["Ada Lovelace"];
  assert.deepEqual([own.self, own.audio, own.video], [true, "off", "off"]);
});

test("A call of three stands up, one of them large", async () => {
  await page.click('[data-control="camera"]');
  for (const name of ["Benjamin von und zu Unaussprechlich-Langenau", "C"]) {
    other = await browser.newPage();
    await join(other, server, "team-meeting", name);
  }
  await until("three tiles are there", async () => Object.keys(await tilesOf(page)).length === 3);
  await standsUp("joined", tilesFit);
  assert.equal(await page.evaluate(() => document.querySelectorAll("[data-large]").length), 1);
});

test("With figures over the tiles it stands up", async () => {
  await page.press("i");
  await until("figures of all three", () => page.evaluate(() => document.querySelectorAll(".figures .row").length > 8));
  await standsUp("joined", figuresFit);
});

test("A strip that is longer than the stage scrolls, by the keyboard as well", async () => {
  await page.raw.setViewportSize({ width: 640, height: 240 });
  await until("the strip scrolls", () => page.evaluate(() => document.querySelector("[data-scrolls]") !== null));
  await axeFindsNothing("a low window");
  await page.raw.focus('[data-participant="C"] .pin');
  await until("what has the focus is in sight", () => page.evaluate(focusIsSeen));
});

test("As a grid it stands up", async () => {
  await page.press("g");
  await standsUp("joined", tilesFit);
  assert.equal(await page.evaluate(() => document.querySelectorAll("[data-large]").length), 0);
  await page.press("i");
});

test("A screen that somebody shares is large in the grid as well, and it stands up", async () => {
  await other.press("s");
  await until("the screen is large", () => page.evaluate(() => document.querySelector("[data-screen][data-large]") !== null));
  await standsUp("joined", tilesFit);
  await other.press("s");
  await until("it is gone", () => page.evaluate(() => document.querySelector("[data-screen]") === null));
});

/** Runs in the page. */
function focusIsSeen() {
  const box = document.activeElement.getBoundingClientRect();
  const stage = document.querySelector(".stage").getBoundingClientRect();
  return box.top >= stage.top && box.bottom <= stage.bottom && document.activeElement.matches(".pin");
}

/** Runs in the page: nothing of the figures is cut off or lies on the name. */
function figuresFit() {
  return [...document.querySelectorAll(".figures")].every((figures) => {
    const tile = figures.closest(".tile");
    const outer = tile.getBoundingClientRect();
    const name = tile.querySelector("figcaption").getBoundingClientRect();
    const cells = [...figures.querySelectorAll("dd")].map((dd) => dd.getBoundingClientRect());
    return cells.every(({ width, right, bottom }) => width === 0 || (right <= outer.right && bottom <= name.top + 1));
  });
}

/** Runs in the page: the tiles lie inside the window and do not overlap. */
function tilesFit() {
  const boxes = [...document.querySelectorAll(".tile")].map((tile) => tile.getBoundingClientRect());
  const inside = boxes.every((b) => b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight);
  const apart = boxes.every((a, i) =>
    boxes.every((b, j) => i === j || a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top),
  );
  return inside && apart && boxes.every((b) => b.width > 100 && b.height > 75);
}

test("A name that is taken is said in the preview", async () => {
  const second = await browser.newPage();
  await second.goto(`${server.url}/r/team-meeting?name=C`);
  await untilState(second, "lobby");
  assert.match(await second.evaluate(() => document.body.innerText), /name/i);
  await second.close();
});

test("The page after leaving stands up", async () => {
  await page.click('[data-control="leave"]');
  await standsUp("left");
});

test("An address that is no room stands up", async () => {
  await page.goto(`${server.url}/r/${encodeURIComponent("a room?")}`);
  await standsUp("wrong-address");
});

test("Without camera and microphone one is told so, joins and listens; the page stands up", async () => {
  await page.raw.addInitScript(haveNoDevices);
  await page.goto(`${server.url}/r/team-meeting?name=Lena`);
  await untilState(page, "joined");
  await until("the others' pictures come", async () => (await tilesOf(page)).C?.frames > 0);
  assert.match(await page.evaluate(() => document.body.innerText), /No microphone was found/);
  await standsUp("joined");
});

test("A server that is gone is said in words; the page stands up", async () => {
  await server.kill();
  await standsUp("reconnecting");
});
