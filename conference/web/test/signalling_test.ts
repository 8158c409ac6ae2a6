import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { RequestError, Signalling } from "../src/signalling";
import { FakeClock } from "./fake_clock";
import { FakeSocket } from "./fake_socket";

let seen: string[];
let clock: FakeClock;

const handlers = {
  event: ({ event }: { event: string }) => void seen.push(event),
  hanging: (hanging: boolean) => void seen.push(hanging ? "hangs" : "answers"),
  closed: () => void seen.push("closed"),
};

beforeEach(() => {
  seen = [];
  clock = new FakeClock();
  Object.assign(globalThis, { WebSocket: FakeSocket, location: { href: "https://meet.example/r/x" } });
});

afterEach(() => clock.restore());

async function connected(): Promise<[Signalling, FakeSocket]> {
  const opening = Signalling.open(handlers);
  FakeSocket.last.open();
  return [await opening, FakeSocket.last];
}

test("It connects to the page's own host, over TLS where the page came so", async () => {
  const [, socket] = await connected();
  assert.equal(socket.url.href, "wss://meet.example/ws");
});

test("A server that does not answer is unreachable after a bounded time", async () => {
  const rejected = assert.rejects(Signalling.open(handlers), { code: "unreachable" });
  await clock.pass(10_000);
  await rejected;
});

test("Answers find their requests in any order", async () => {
  const [signalling, socket] = await connected();
  const first = signalling.request("pauseProducer", { producerId: "a" });
  const second = signalling.request("createTransport", { direction: "send" });
  const [{ id: firstId } = { id: 0 }, { id: secondId } = { id: 0 }] = socket.sent;
  socket.deliver({ id: secondId, data: { transportId: "t" } });
  socket.deliver({ id: firstId, data: {} });
  assert.equal((await second).transportId, "t");
  assert.deepEqual(await first, {});
});

test("An error answer rejects with its code and words", async () => {
  const [signalling, socket] = await connected();
  const join = signalling.request("join", { version: 1, room: "r", name: "n" });
  socket.deliver({ id: socket.sent[0]?.id, error: { code: "nameTaken", message: "Taken." } });
  await assert.rejects(join, (error: RequestError) => error.code === "nameTaken" && error.isAnswer);
});

test("A request without an answer is given up", async () => {
  const [signalling] = await connected();
  const asked = signalling.request("restartIce", { transportId: "t" });
  const rejected = assert.rejects(asked, { code: "timeout", isAnswer: false });
  await clock.pass(10_000);
  await rejected;
});

test("Events are handed on; what is no JSON is passed over", async () => {
  const [, socket] = await connected();
  socket.dispatchEvent(Object.assign(new Event("message"), { data: "{" }));
  socket.deliver({ event: "peerLeft", data: { peerId: "p" } });
  assert.deepEqual(seen, ["peerLeft"]);
});

test("Silence is noticed, said once, and its end as well", async () => {
  const [, socket] = await connected();
  await clock.pass(4_000);
  assert.deepEqual(seen, ["hangs"]);
  await clock.pass(2_000);
  assert.deepEqual(seen, ["hangs"]);
  socket.deliver({ id: 99, data: {} });
  assert.deepEqual(seen, ["hangs", "answers"]);
});

test("A server that answers its pings is never taken for silent", async () => {
  const [, socket] = await connected();
  for (let second = 0; second < 30; ++second) {
    await clock.pass(1_000);
    for (const { id } of socket.sent.splice(0)) socket.deliver({ id, data: {} });
  }
  assert.deepEqual(seen, []);
});

test("Long silence ends the connection and every request in it", async () => {
  const [signalling] = await connected();
  await clock.pass(6_000);
  const asked = signalling.request("restartIce", { transportId: "t" });
  const rejected = assert.rejects(asked, { code: "closed" });
  await clock.pass(9_000);
  await rejected;
  assert.deepEqual(seen, ["hangs", "closed"]);
  await assert.rejects(signalling.request("ping", {}), RequestError);
});
