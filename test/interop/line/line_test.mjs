// Congestion control with real browsers: Chromium publishes three videos of three layers and a tone; Chromium and Firefox
// receive them, each behind a line of its own that carries 1, then 3, then 0.5 Mbit/s (25 ms each way, a queue of 300 ms).
// What they see is held against the simulator's model of the same lines and layers (test/line/model_main.cc).
// SLUICE_LINE_SECONDS says how long each phase is. SLUICE_OTHER_WORKER names another worker program that the same is done
// with, for the eye.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium, launchFirefox } from "../../browser/lib/browsers.mjs";
import { Line } from "../../browser/lib/line.mjs";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { Conference } from "../call/server.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import { Viewer } from "./viewer.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const LIMIT_MS = 60_000;
const VIDEOS = 3;
const LINES_KBPS = [1000, 3000, 500];
const DELAY_MS = 25;
const QUEUE_MS = 300;
const SETTLE_S = 5;
const SEEDS = [1, 2, 3, 4, 5, 6];
const PHASE_S = Number(process.env.SLUICE_LINE_SECONDS ?? 30);
const SWAY = 0.15; // of what the encoders make of the films
const FILMS = {
  count: VIDEOS,
  size: [640, 360],
  fps: 15,
  encodings: [
    { scaleResolutionDownBy: 4, maxBitrate: 60_000, scalabilityMode: "L1T1" },
    { scaleResolutionDownBy: 2, maxBitrate: 200_000, scalabilityMode: "L1T1" },
    { scaleResolutionDownBy: 1, maxBitrate: 600_000, scalabilityMode: "L1T1" },
  ],
};

const sleep = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

let network;
let chromium;
let firefox;

before(async () => {
  network = await Network.create();
  const flags = ["--force-fieldtrials=WebRTC-LegacySimulcastLayerLimit/Disabled/"];
  [chromium, firefox] = await Promise.all([launchChromium({ flags }), launchFirefox()]);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  network?.close();
});

async function open(conference, browser, query) {
  const page = await browser.newPage();
  await page.goto(`${conference.url}?${new URLSearchParams({ protocol: "udp", ...query })}`);
  assert.equal(await page.evaluate(() => window.started), "");
  return page;
}

// The bit rate of each layer, of all videos on average, kbit/s; undefined while one is missing.
async function measureLayers(producers) {
  const stats = await Promise.all(producers.map((producer) => producer.getStats()));
  const rates = [0, 1, 2].map((layer) => {
    const each = stats.map((layers) => layers.find(({ rid }) => rid === `r${layer}`)?.bitrate ?? 0);
    return each.every((rate) => rate > 0) ? each.reduce((sum, rate) => sum + rate, 0) / each.length / 1000 : 0;
  });
  return rates.every((rate) => rate > 0) ? rates : undefined;
}

// The scenario with one worker: { layers, viewers: { chromium: [phase, ...], firefox: [...] } }.
async function play(program) {
  const worker = await startWorker(network.inServer(), { program });
  const conference = await Conference.start([worker], serverAddress, { page: join(here, "page.mjs") });
  const lines = [];
  try {
    const sender = await open(conference, chromium, { peer: "sender", films: JSON.stringify(FILMS) });
    const producers = [...conference.peer("sender").producers.values()].filter(({ kind }) => kind === "video");
    const viewers = [];
    for (const [name, browser] of Object.entries({ chromium, firefox })) {
      const line = await Line.create(network, lines.length + 1);
      lines.push(line);
      line.set("up", { delay_ms: DELAY_MS });
      line.set("down", { delay_ms: DELAY_MS, queue_ms: QUEUE_MS, rate_kbps: LINES_KBPS[0] });
      const page = await open(conference, browser, { peer: name, address: line.address });
      viewers.push(new Viewer(name, page, line, () => conference.peer(name).consumers));
    }
    for (const viewer of viewers) await until(`pictures at ${viewer.name}`, () => viewer.sees(VIDEOS), LIMIT_MS);
    await until("all layers", () => measureLayers(producers), LIMIT_MS);
    const measured = [];
    for (const rate_kbps of LINES_KBPS) {
      for (const { line } of viewers) line.set("down", { delay_ms: DELAY_MS, queue_ms: QUEUE_MS, rate_kbps });
      for (const [part, seconds] of [["settling", SETTLE_S], ["settled", PHASE_S - SETTLE_S]]) {
        for (const viewer of viewers) await viewer.begin();
        for (let i = 0; i < seconds; i += 1) {
          await sleep(1);
          measured.push(await measureLayers(producers));
        }
        for (const viewer of viewers) await viewer.end(rate_kbps, part);
      }
    }
    await sender.close();
    const full = measured.filter((rates) => rates);
    const layers = [0, 1, 2].map((i) => Math.round(full.reduce((sum, rates) => sum + rates[i], 0) / full.length));
    return { layers, viewers: Object.fromEntries(viewers.map(({ name, phases }) => [name, phases])) };
  } finally {
    for (const line of lines) line.close();
    conference.close();
    await endWorker(worker);
  }
}

// What the simulator says of the same lines with these layers, of several seeds: { layers, phases } each.
function model(layers) {
  const words = ["--videos", VIDEOS, "--layers", layers.join(","), "--lines", LINES_KBPS.join(",")];
  words.push("--settle", SETTLE_S, "--phase", PHASE_S, "--fps", FILMS.fps, "--sway", SWAY);
  return SEEDS.map((seed) => {
    const text = execFileSync(process.env.SLUICE_LINE_MODEL, [...words, "--seed", seed].map(String), { encoding: "utf8" });
    return JSON.parse(text).phases;
  });
}

// One line for each part of each phase, as a person reads it.
function table(phasesOf) {
  return Object.entries(phasesOf).flatMap(([name, phases]) =>
    phases.flatMap(({ line_kbps, ...parts }) =>
      Object.entries(parts).map(([part, seen]) => `${name} ${line_kbps} kbit/s ${part}: ${JSON.stringify(seen)}`),
    ),
  );
}

// What browsers see may differ so much from what the simulator says: their key frames are as large as they like, a picture
// of 15 a second is shown when the screen is drawn, and two processors encode and decode everything.
function hold(name, line_kbps, { settling, settled }, models) {
  const what = (text) => `${name} on ${line_kbps} kbit/s: ${text}`;
  const most = (part, key) => Math.max(...models.map((phase) => phase[part][key]));
  const least = (part, key) => Math.min(...models.map((phase) => phase[part][key]));
  const { received_kbps: received, freeze_ms: freeze } = settled;
  assert.ok(received >= 0.5 * least("settled", "given_kbps"), what(`${received} kbit/s are too few`));
  assert.ok(received <= Math.min(line_kbps, 1.6 * most("settled", "given_kbps")), what(`${received} kbit/s are too many`));
  assert.ok(freeze <= most("settled", "freeze_ms") + 700, what(`a freeze of ${freeze} ms`));
  assert.ok(settled.changes <= most("settled", "changes") + 3, what(`${settled.changes} changes of one video`));
  assert.ok(settled.audio_lost <= 3, what(`${settled.audio_lost} packets of audio lost`));
  assert.ok(settled.layers.every((layer) => layer >= 0), what(`a video is off: ${settled.layers}`));
  assert.ok(settling.freeze_ms <= most("settling", "freeze_ms") + 1000, what(`${settling.freeze_ms} ms at first`));
}

test("browsers behind narrow lines see what the simulator says", async (t) => {
  const live = await play(process.env.SLUICE_WORKER);
  t.diagnostic(`layers of ${live.layers} kbit/s`);
  const simulated = model(live.layers);
  for (const row of table({ ...live.viewers, simulated: simulated[0] })) t.diagnostic(row);
  for (const [name, phases] of Object.entries(live.viewers)) {
    for (const [i, phase] of phases.entries()) {
      hold(name, phase.line_kbps, phase, simulated.map((phases) => phases[i]));
    }
  }
});

test("another worker, for comparison", { skip: !process.env.SLUICE_OTHER_WORKER }, async (t) => {
  const { layers, viewers } = await play(process.env.SLUICE_OTHER_WORKER);
  t.diagnostic(`layers of ${layers} kbit/s`);
  for (const row of table(viewers)) t.diagnostic(row);
});
