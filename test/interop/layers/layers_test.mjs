// Layers from a real encoder to real decoders: Chromium sends, Chromium and Firefox receive, and what each gets is changed
// every second. Pictures must go on, none of the receivers may miss a packet, and in the end each must get what was asked.
// The published controller takes the dependency descriptor out of what consumers get, and without it browsers decode AV1
// of one spatial layer only: here it is left in.
// SLUICE_LAYERS names the modes of ../capture/modes.mjs (with spaces between; "all": all of them), SLUICE_LAYER_SECONDS how
// long each is watched.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium, launchFirefox } from "../../browser/lib/browsers.mjs";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { Conference } from "../call/server.mjs";
import { codecs } from "../capture/codecs.mjs";
import { modes } from "../capture/modes.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";

const LIMIT_MS = 60_000;
const here = dirname(fileURLToPath(import.meta.url));
const seconds = Number(process.env.SLUICE_LAYER_SECONDS ?? 8);
const named = process.env.SLUICE_LAYERS ?? "vp8-simulcast vp9-l3t3-key av1-l1t3";
const chosen = modes.filter(({ name }) => named === "all" || named.split(" ").includes(name));

function leaveInDependencyDescriptors() {
  const main = createRequire(import.meta.url).resolve("mediasoup");
  const { supportedRtpCapabilities } = createRequire(main)("./supportedRtpCapabilities.js");
  const isDescriptor = ({ uri }) => uri.endsWith("#dependency-descriptor-rtp-header-extension");
  supportedRtpCapabilities.headerExtensions.find(isDescriptor).direction = "sendrecv";
}

let network;
let worker;
let conference;
let chromium;
let firefox;

before(async () => {
  leaveInDependencyDescriptors();
  network = await Network.create();
  worker = await startWorker(network.inServer());
  conference = await Conference.start([worker], serverAddress, { page: join(here, "page.mjs"), codecs });
  const flags = ["--force-fieldtrials=WebRTC-LegacySimulcastLayerLimit/Disabled/"];
  [chromium, firefox] = await Promise.all([launchChromium({ flags }), launchFirefox()]);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  conference?.close();
  if (worker) await endWorker(worker);
  network?.close();
});

async function open(browser, name, wanted) {
  const page = await browser.newPage();
  const query = new URLSearchParams({ peer: name, protocol: "udp", ...(wanted && { wanted: JSON.stringify(wanted) }) });
  await page.goto(`${conference.url}?${query}`);
  assert.equal(await page.evaluate(() => window.started), "");
  return page;
}

// What the mode can be asked for, from the lowest to the highest.
function layersOf({ mode, encodings }) {
  const spatial = encodings.length > 1 ? encodings.length : Number(mode[1]);
  const temporal = Number(mode[3]);
  return Array.from({ length: spatial * temporal }, (_, i) => {
    return { spatialLayer: Math.floor(i / temporal), temporalLayer: i % temporal };
  });
}

class Receiver {
  static async open(browser, name) {
    const receiver = new Receiver();
    receiver.name = name;
    receiver.page = await open(browser, name);
    receiver.look = () => receiver.page.evaluate(() => window.look());
    const consumer = () => [...(conference.peer(name)?.consumers.values() ?? [])][0];
    const offered = await until(`a consumer for ${name}`, consumer, 5000).catch(() => undefined);
    if (!offered) return receiver; // it has no decoder for this
    receiver.consumer = offered;
    await until(`pictures at ${name}`, async () => (await receiver.look()).shown > 5, LIMIT_MS);
    return receiver;
  }

  async reaches(layers) {
    await this.consumer.setPreferredLayers(layers);
    await until(
      () => `${this.name} gets ${JSON.stringify(layers)}, has ${JSON.stringify(this.consumer.currentLayers)}`,
      () => this.consumer.currentLayers?.spatialLayer === layers.spatialLayer,
      LIMIT_MS,
    );
  }

  async close() {
    await this.page.close();
    conference.forget(this.name);
  }
}

for (const wanted of chosen) {
  test(`${wanted.name} is received while its layers are changed`, async (t) => {
    const sender = await open(chromium, "sender", wanted);
    const receivers = [await Receiver.open(chromium, "chromium"), await Receiver.open(firefox, "firefox")];
    const able = receivers.filter(({ consumer }) => consumer);
    for (const { name } of receivers.filter((one) => !able.includes(one))) t.diagnostic(`${name} cannot receive it`);
    const layers = layersOf(wanted);
    const before = await Promise.all(able.map((receiver) => receiver.look()));
    for (const { page } of able) await page.evaluate(() => window.forgetGap());
    const producer = conference.peer("sender").producers.get("video");
    const requests = async () => (await producer.getStats()).reduce((sum, { pliCount }) => sum + pliCount, 0);
    const requestsBefore = await requests();
    for (let second = 0; second < seconds; second += 1) {
      // A walk through all pairs that is not in order.
      const next = layers[(5 * second + 3) % layers.length];
      for (const { consumer } of able) await consumer.setPreferredLayers(next);
      await new Promise((done) => setTimeout(done, 1000));
    }
    const requested = (await requests()) - requestsBefore;
    for (const [i, receiver] of able.entries()) {
      const now = await receiver.look();
      const shown = now.shown - before[i].shown;
      t.diagnostic(`${receiver.name}: ${shown} pictures in ${seconds} s, ${requested} key frames asked, ${JSON.stringify(now)}`);
      assert.ok(shown >= 2 * seconds, `only ${shown} pictures in ${seconds} s`);
      assert.ok(now.packetsLost <= 0.01 * now.packetsReceived, `${now.packetsLost} of ${now.packetsReceived} lost`);
    }
    for (const receiver of able) {
      await receiver.reaches(layers.at(-1));
      await receiver.reaches(layers[0]);
      await receiver.reaches(layers.at(-1));
    }
    for (const receiver of receivers) await receiver.close();
    await sender.close();
    conference.forget("sender");
  });
}
