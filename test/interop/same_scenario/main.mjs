// The scenario with the published Node.js controller: main.mjs WORKER, run in a namespace of its own. Prints what came of it
// as JSON, a list of [name, value]. main.cc does the same, step by step, with the controller library.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as mediasoup from "mediasoup";
import * as media from "./media_scenario.mjs";
import * as pipe from "./pipe_scenario.mjs";

const POLL_MS = 20;

// What both halves share: the given values, what came of them, and the events in their order.
const scenario = {
  given: JSON.parse(readFileSync(new URL("scenario.json", import.meta.url))),
  notes: [],
  events: [],
  note: (name, value) => scenario.notes.push([name, value]),
  until: async (condition) => {
    while (!condition()) await new Promise((done) => setTimeout(done, POLL_MS));
  },
};

const worker = await mediasoup.createWorker({ workerBin: resolve(process.argv[2]), logLevel: "none" });
await media.run(scenario, worker);
scenario.note("events of media", scenario.events.splice(0));
await pipe.run(scenario, worker);
scenario.note("events of the pipe", scenario.events.splice(0));
const ended = once(worker, "subprocessclose");
worker.close();
await ended;
console.log(JSON.stringify(scenario.notes, null, 1));
