// A WebRTC stack that is no browser: peers of @roamhq/wrtc under mediasoup-client, over UDP and over TCP.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { carryData, large, small } from "../call/data_check.mjs";
import { Conference } from "../call/server.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";

const LIMIT_MS = 60_000;
const FRAMES = 30;
const LUMA_ERROR = 30; // what a codec at a low rate may do to it
const program = fileURLToPath(new URL("peer.mjs", import.meta.url));

let network;
let worker;
let conference;
const peers = [];

before(async () => {
  network = await Network.create();
  worker = await startWorker(network.inServer());
  conference = await Conference.start([worker], serverAddress, { data: true });
});

after(async () => {
  for (const { child } of peers) child.kill("SIGKILL");
  conference?.close();
  if (worker) await endWorker(worker);
  network?.close();
});

async function answerOf(child) {
  const over = new AbortController();
  const options = { signal: AbortSignal.any([over.signal, AbortSignal.timeout(LIMIT_MS)]) };
  try {
    const message = once(child, "message", options);
    const end = once(child, "exit", options).then(([code, signal]) => [[`the peer ended with ${code ?? signal}`]]);
    const [[error, result]] = await Promise.race([message, end]);
    if (error) throw new Error(error);
    return result;
  } finally {
    over.abort();
  }
}

async function join(name, protocol, luma) {
  const child = fork(program, [conference.url, name, protocol, String(luma)]);
  const ask = (...words) => {
    child.send(words);
    return answerOf(child);
  };
  const peer = { name, protocol, luma, child, ask };
  peers.push(peer);
  assert.equal(await answerOf(child), "joined");
  return peer;
}

test("two peers of another WebRTC stack see and hear each other", async (t) => {
  const [ada, ben] = await Promise.all([join("ada", "udp", 60), join("ben", "tcp", 200)]);
  for (const [receiver, sender] of [
    [ada, ben],
    [ben, ada],
  ]) {
    let seen;
    const told = () => `${receiver.name}, ${receiver.protocol}: ${JSON.stringify(seen)}`;
    const complete = async () => {
      seen = await receiver.ask("decoded");
      return seen.frames >= FRAMES && seen.peak > 1000;
    };
    await until(() => `pictures and sound; ${told()}`, complete, LIMIT_MS);
    assert.ok(Math.abs(seen.luma - sender.luma) < LUMA_ERROR, told());
    assert.deepEqual(seen.states, { send: "connected", receive: "connected" });
    assert.equal(seen.error, "");
    t.diagnostic(told());
    for (const transport of conference.peer(receiver.name).transports.values()) {
      assert.equal(transport.iceSelectedTuple.protocol, receiver.protocol);
    }
  }

  await t.test("and exchange messages", async () => {
    await carryData(ada, ben, "from ada", { ordered: true }, [...small, ...large]);
    await carryData(ben, ada, "from ben", { ordered: false }, [...small, ...large]);
    // Over TCP this stack loses packets when the socket's buffer is full, and then gives large messages up, as it may.
    await carryData(ben, ada, "hurried, from ben", { ordered: false, maxRetransmits: 3 }, small);
    await carryData(ada, ben, "hurried, from ada", { ordered: false, maxRetransmits: 3 }, small);
  });
});
