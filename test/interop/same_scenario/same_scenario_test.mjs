// The published Node.js controller and the C++ one drive our worker through the same scenario, with the same outcome: what is
// negotiated, what media and messages come out, statistics, dumps, events and refusals.
import assert from "node:assert/strict";
import { test } from "node:test";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { Program } from "../lib/program.mjs";
import { Normalizer } from "./normalize.mjs";

const LIMIT_MS = 60_000;
const EVENTS_OF_PIPE = "events of the pipe";
const worker = process.env.SLUICE_WORKER;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

async function outcomeOf(command, words) {
  const program = new Program(command, words);
  try {
    const notes = new Map(JSON.parse(await program.success(LIMIT_MS)));
    const normalizer = new Normalizer();
    const outcome = new Map([...notes].map(([name, value]) => [name, normalizer.run(value)]));
    return outcome.set(EVENTS_OF_PIPE, bySubject(outcome.get(EVENTS_OF_PIPE)));
  } finally {
    await program.kill();
  }
}

/**
 * Events by what they are of: whose comes first is left to chance, the order of each one's own is not. One report of an
 * observer becomes two of the same when its interval ends in the middle.
 */
function bySubject(events) {
  const subjects = {};
  for (const [subject, ...event] of events) {
    const list = (subjects[subject] ??= []);
    if (!isDeepStrictEqual(list.at(-1), event)) list.push(event);
  }
  return subjects;
}

// Nobody asks for repetitions here: those that come fill a probe of the line, and how many depends on when packets leave.
const RTX = "102";

function withoutProbes(name, outcome) {
  if (name !== "media out") return outcome;
  return Object.fromEntries(Object.entries(outcome).filter(([payloadType]) => payloadType !== RTX));
}

test("two controllers come to the same outcome", async (t) => {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  const published = await outcomeOf(process.execPath, [here("main.mjs"), worker]);
  const ours = await outcomeOf(process.env.SAME_SCENARIO, [worker, here("scenario.json")]);
  assert.deepEqual([...ours.keys()], [...published.keys()]);
  for (const [name, value] of published) {
    await t.test(name, () => assert.deepEqual(withoutProbes(name, ours.get(name)), withoutProbes(name, value)));
  }
});
