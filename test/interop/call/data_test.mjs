// Data channels of every reliability: between Chromium and Firefox, and between each and the controller itself.
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "../../browser/lib/browsers.mjs";
import { Network, serverAddress } from "../../browser/lib/network.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import { atPeer, large, many, small, untilClosed, untilOpen, untilReceived } from "./data_check.mjs";
import { DirectData } from "./direct_data.mjs";
import { PagePeer } from "./page_peer.mjs";
import { Conference } from "./server.mjs";

// On a network without loss all of them deliver everything; the life time is long enough for a machine that is busy.
const reliabilities = {
  ordered: { ordered: true },
  unordered: { ordered: false },
  "maxRetransmits 0": { ordered: false, maxRetransmits: 0 },
  "maxRetransmits 3": { ordered: false, maxRetransmits: 3 },
  "maxPacketLifeTime 5000": { ordered: false, maxPacketLifeTime: 5000 },
};
// A message without retransmissions does not survive if the system drops one datagram of a large burst.
const messagesFor = (name) => (/ 0/.test(name) ? small : [...small, ...large]);

let network;
let worker;
let conference;
let browsers = [];
let peers;
let direct;

before(async () => {
  network = await Network.create();
  worker = await startWorker(network.inServer());
  conference = await Conference.start([worker], serverAddress, { data: true });
  browsers = await Promise.all([launchChromium(), launchFirefox()]);
  direct = await DirectData.create(conference);
  peers = [
    await PagePeer.open(browsers[0], conference, { name: "chromium", protocol: "udp" }),
    await PagePeer.open(browsers[1], conference, { name: "firefox", protocol: "tcp" }),
  ];
});

after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  conference?.close();
  if (worker) await endWorker(worker);
  network?.close();
});

// Both pages send to each other and to the controller.
async function exchange(name, reliability, messages) {
  const ways = peers.map((sender, i) => ({ sender, receiver: peers[1 - i], label: `${name} from ${sender.name}` }));
  for (const { sender, receiver, label } of ways) {
    await sender.ask("openData", label, reliability);
    await direct.consume(conference.peer(sender.name).dataProducers.get(label));
    await untilOpen(receiver, label);
  }
  for (const { sender, label } of ways) await sender.ask("sendData", label, 0, messages);
  for (const { receiver, label } of ways) {
    await untilReceived(`${receiver.name}, ${label}`, atPeer(receiver, label), messages, reliability.ordered);
    await untilReceived(`the controller, ${label}`, () => direct.received[label], messages, reliability.ordered);
  }
}

async function sendFromController(name, reliability, messages) {
  const label = `${name} from the controller`;
  await direct.produce(label, reliability);
  for (const peer of peers) await untilOpen(peer, label);
  direct.send(label, 0, messages);
  for (const peer of peers) {
    await untilReceived(`${peer.name}, ${label}`, atPeer(peer, label), messages, reliability.ordered);
  }
}

for (const [name, reliability] of Object.entries(reliabilities)) {
  test(`browsers exchange messages, ${name}`, () => exchange(name, reliability, messagesFor(name)));
  test(`the controller sends messages to browsers, ${name}`, () =>
    sendFromController(name, reliability, messagesFor(name)));
}

test("10,000 small messages arrive in order, between browsers", () => exchange("many", { ordered: true }, many));

test("10,000 small messages arrive in order, from the controller", () =>
  sendFromController("many", { ordered: true }, many));

test("a channel that is closed at one side is closed at the others", async () => {
  for (const [i, sender] of peers.entries()) {
    const label = `ordered from ${sender.name}`;
    await sender.ask("closeData", label);
    await untilClosed("the controller's end", () => direct.received[label]);
    await untilClosed(`the end at ${peers[1 - i].name}`, atPeer(peers[1 - i], label));
  }
});
