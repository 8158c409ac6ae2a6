// The page of the interop call: sends camera and microphone, receives what others send. window.call is for the test.
import { Device } from "mediasoup-client";

const peer = new URLSearchParams(location.search).get("peer");
const POLL_MS = 300;

async function rpc(method, body = {}) {
  const answer = await fetch(`/rpc/${method}?peer=${peer}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`);
  return answer.json();
}

async function createTransport(device, direction) {
  const parameters = await rpc("createTransport");
  const transport = direction === "send" ? device.createSendTransport(parameters) : device.createRecvTransport(parameters);
  transport.on("connect", ({ dtlsParameters }, done, failed) => {
    rpc("connect", { id: transport.id, dtlsParameters }).then(done, failed);
  });
  transport.on("produce", ({ kind, rtpParameters }, done, failed) => {
    rpc("produce", { transportId: transport.id, kind, rtpParameters }).then(done, failed);
  });
  transport.on("connectionstatechange", (state) => {
    window.call.states[direction] = state;
  });
  return transport;
}

async function receive(device, transport) {
  const offers = await rpc("consume", { transportId: transport.id, rtpCapabilities: device.rtpCapabilities });
  for (const offer of offers) {
    const consumer = await transport.consume(offer);
    const element = document.createElement(offer.kind);
    element.srcObject = new MediaStream([consumer.track]);
    element.autoplay = true;
    document.body.append(element);
    window.call.consumers.push(consumer);
    await rpc("resume", { id: consumer.id });
  }
  setTimeout(() => receive(device, transport).catch(fail), POLL_MS);
}

function fail(error) {
  window.call.error = String(error);
}

// What arrived so far, summed over the consumers.
async function received() {
  const sum = { framesDecoded: 0, audioEnergy: 0, packetsLost: 0, kinds: [] };
  for (const consumer of window.call.consumers) {
    sum.kinds.push(consumer.kind);
    for (const stat of (await consumer.getStats()).values()) {
      if (stat.type !== "inbound-rtp") continue;
      sum.framesDecoded += stat.framesDecoded ?? 0;
      sum.audioEnergy += stat.totalAudioEnergy ?? 0;
      sum.packetsLost += stat.packetsLost ?? 0;
    }
  }
  return sum;
}

window.call = { consumers: [], states: {}, error: "", received };

async function start() {
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: await rpc("capabilities") });
  const sender = await createTransport(device, "send");
  const receiver = await createTransport(device, "receive");
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
  for (const track of media.getTracks()) await sender.produce({ track });
  await receive(device, receiver);
}

start().catch(fail);
