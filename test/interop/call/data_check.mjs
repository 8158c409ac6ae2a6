// Sends messages on a channel between peers and checks what arrives. A peer is anything with a name and ask(): a page or a
// process with a Client (client.mjs).
import assert from "node:assert/strict";
import { until } from "../../browser/lib/wait.mjs";

const LIMIT_MS = 60_000;

/** Small ones of both kinds, empty ones among them. */
export const small = ["string", "binary"].flatMap((kind) => [
  { size: 0, kind },
  { size: 1, kind },
  { size: 100, kind, count: 10 },
  { size: 1_200, kind },
]);
export const large = ["string", "binary"].flatMap((kind) => [
  { size: 65_536, kind },
  { size: 262_144, kind },
]);
export const many = [{ size: 12, kind: "binary", count: 10_000 }];

/** Tells what the peer has received on the channel; undefined while it does not know the channel. */
export const atPeer = (peer, label) => async () => {
  const { data, error } = await peer.ask("receivedData");
  assert.equal(error, "");
  return data[label];
};

export async function untilOpen(peer, label) {
  await until(`${peer.name} has the channel ${label}`, atPeer(peer, label), LIMIT_MS);
}

export async function untilClosed(what, look) {
  await until(`${what} is closed`, async () => (await look()).closed, LIMIT_MS);
}

// How many of each kind there are: what Received.kinds must become.
function kindsOf(messages) {
  const kinds = {};
  for (const { size, kind, count = 1 } of messages) kinds[`${kind} ${size}`] = (kinds[`${kind} ${size}`] ?? 0) + count;
  return kinds;
}

/** Waits until `look` (as atPeer() gives) tells of all these messages, each once and unharmed. */
export async function untilReceived(who, look, messages, inOrder) {
  const wanted = messages.reduce((sum, { count = 1 }) => sum + count, 0);
  let seen;
  const complete = async () => {
    seen = await look();
    return seen?.count >= wanted;
  };
  await until(() => `${who} has ${wanted} messages; last seen ${JSON.stringify(seen)}`, complete, LIMIT_MS);
  assert.deepEqual(seen.kinds, kindsOf(messages), who);
  assert.equal(seen.corrupt, 0, who);
  if (inOrder) assert.equal(seen.disorder, 0, who);
}

/** From one peer to another, over a new channel. */
export async function carryData(sender, receiver, label, reliability, messages) {
  await sender.ask("openData", label, reliability);
  await untilOpen(receiver, label);
  await sender.ask("sendData", label, 0, messages);
  await untilReceived(`${receiver.name}, ${label}`, atPeer(receiver, label), messages, reliability.ordered);
}
