// capture.mjs [NAME...]: records what Chromium sends, as it arrives through our worker, into test/vectors/NAME.rtp; all of
// modes.mjs unless some are named. SLUICE_WORKER names the worker. Every stream is asked for a key frame each half second.
// To be run by scripts/capture-vectors, which gives it a network of its own.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../browser/lib/browsers.mjs";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { Conference } from "../call/server.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import { codecs } from "./codecs.mjs";
import { modes } from "./modes.mjs";
import { describe, makeVector } from "./vector_file.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const DESCRIPTOR = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
const DESCRIPTOR_ID = 7; // as the published controller has it
const KEY_FRAME_INTERVAL_MS = 500;
const WARM_UP_S = 4;
const SENDER_REPORT = 200;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A consumer that gets every stream as it is, the dependency descriptor included, which the controller would leave out.
async function tap(router, producer) {
  const transport = await router.createDirectTransport();
  const consumable = producer.consumableRtpParameters;
  consumable.headerExtensions.push({ uri: DESCRIPTOR, id: DESCRIPTOR_ID, encrypt: false, parameters: {} });
  Object.defineProperty(producer, "consumableRtpParameters", { value: consumable });
  const rtpCapabilities = structuredClone(router.rtpCapabilities);
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, pipe: true, enableRtx: false });
  const streams = new Map(consumer.rtpParameters.encodings.map(({ ssrc }) => [ssrc, []]));
  const reports = [];
  consumer.on("rtp", (bytes) => {
    streams.get(bytes.readUInt32BE(8)).push({ at: Math.round(performance.now() * 1000), bytes: Buffer.from(bytes) });
  });
  transport.on("rtcp", (compound) => {
    for (let at = 0; at < compound.length; at += 4 * (compound.readUInt16BE(at + 2) + 1)) {
      if (compound[at + 1] !== SENDER_REPORT) continue;
      const ntp = compound.readUInt32BE(at + 8) + compound.readUInt32BE(at + 12) / 2 ** 32;
      reports.push({ ssrc: compound.readUInt32BE(at + 4), ntp, timestamp: compound.readUInt32BE(at + 16) });
    }
  });
  return { transport, consumer, streams, reports };
}

async function capture(conference, browser, wanted) {
  const page = await browser.newPage();
  try {
    await page.goto(
      `${conference.url}?${new URLSearchParams({ peer: wanted.name, protocol: "udp", wanted: JSON.stringify(wanted) })}`,
    );
    const error = await page.evaluate(() => window.started);
    if (error) throw new Error(error);
    const producer = conference.peer(wanted.name).producers.get("video");
    const taken = await tap(conference.sides[0].router, producer);
    for (let ms = 0; ms < 1000 * (WARM_UP_S + wanted.seconds + 2); ms += KEY_FRAME_INTERVAL_MS) {
      await taken.consumer.requestKeyFrame();
      await sleep(KEY_FRAME_INTERVAL_MS);
    }
    taken.transport.close();
    const { headerExtensions } = producer.rtpParameters;
    const file = makeVector({
      ...wanted,
      streams: [...taken.streams.values()],
      reports: taken.streams.size > 1 ? taken.reports : undefined,
      descriptorId: headerExtensions.some(({ uri }) => uri === DESCRIPTOR) ? DESCRIPTOR_ID : 0,
      from: WARM_UP_S,
    });
    writeFileSync(join(here, "../../vectors", `${wanted.name}.rtp`), file);
    console.log(`${wanted.name}: ${describe(file)}`);
  } finally {
    await page.close();
    conference.forget(wanted.name);
  }
}

const names = process.argv.slice(2);
const network = await Network.create();
const worker = await startWorker(network.inServer());
const conference = await Conference.start([worker], serverAddress, { page: join(here, "page.mjs"), codecs });
const browser = await launchChromium({ flags: ["--force-fieldtrials=WebRTC-LegacySimulcastLayerLimit/Disabled/"] });
let failed = false;
for (const wanted of modes) {
  if (names.length > 0 && !names.includes(wanted.name)) continue;
  try {
    await capture(conference, browser, wanted);
  } catch (error) {
    failed = true;
    console.error(`${wanted.name}: ${error.stack}`);
  }
}
await browser.close();
conference.close();
await endWorker(worker);
network.close();
process.exit(failed ? 1 : 0);
