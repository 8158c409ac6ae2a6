// The second half of the scenario: media and messages of the controller itself, over direct transports and through a pipe
// between two routers, and observers. pipe_scenario.cc does the same.
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { makePackets, summarize } from "./packets.mjs";

const PACKET_MS = 20;
const local = { protocol: "udp", ip: "127.0.0.1" };

async function pipeMedia({ given, note, until }, { routers, transports, observers }) {
  const producer = await transports[0].produce({ kind: "audio", rtpParameters: given.audio });
  for (const observer of observers) await observer.addProducer({ producerId: producer.id });
  note("direct producer", { id: producer.id, type: producer.type });
  const piped = await routers[0].pipeToRouter({
    ...{ producerId: producer.id, router: routers[1], keepId: false, enableRtx: true, listenInfo: local },
  });
  for (const [name, end] of Object.entries(piped)) {
    if (!end) continue;
    const { id, kind, type, paused, rtpParameters } = end;
    note(name, { id, kind, type, paused, rtpParameters });
  }
  const consumer = await transports[1].consume({
    ...{ producerId: piped.pipeProducer.id, rtpCapabilities: routers[1].rtpCapabilities },
  });
  note("direct consumer", { id: consumer.id, producerId: consumer.producerId, rtpParameters: consumer.rtpParameters });
  const received = [];
  consumer.on("rtp", (packet) => received.push(packet));
  for (const packet of makePackets(given.audioPackets)) producer.send(packet);
  await until(() => received.length >= given.audioPackets.count);
  note("media through direct transports and a pipe", summarize(received));
  return { producer, consumer, piped };
}

async function observe({ given, note, until, events }, { observers }, { producer }) {
  const [levels, speakers] = observers;
  const happened = (what) => events.some(([name]) => name === what);
  await until(() => happened("silence"));
  note("observers", { paused: observers.map(({ paused }) => paused) });
  await levels.pause();
  // The packets of one moment are no speech.
  for (const packet of makePackets(given.speechPackets)) {
    if (happened("dominant speaker")) break;
    producer.send(packet);
    await setTimeout(PACKET_MS);
  }
  await until(() => happened("dominant speaker"));
  await speakers.removeProducer({ producerId: producer.id });
  note("observers later", { paused: observers.map(({ paused }) => paused) });
}

function sendAll(dataProducer, messages) {
  for (const { text, bytes, subchannels, required, ignored } of messages) {
    dataProducer.send(text ?? Buffer.from(bytes), undefined, subchannels, required, ignored);
  }
}

const untimed = ({ timestamp, ...rest }) => rest;

async function carryMessages({ given, note, until, events }, { routers, transports }) {
  const source = await transports[0].produceData({ label: "chat", protocol: "words" });
  note("data producer", untimed(await source.dump()));
  const { pipeDataConsumer, pipeDataProducer } = await routers[0].pipeToRouter({
    ...{ dataProducerId: source.id, router: routers[1], keepId: false },
  });
  note("pipe data consumer", await pipeDataConsumer.dump());
  note("pipe data producer", await pipeDataProducer.dump());
  const consumers = {
    all: await transports[0].consumeData({ dataProducerId: source.id }),
    one: await transports[0].consumeData({ dataProducerId: source.id, subchannels: [1, 1, 7] }),
    piped: await transports[1].consumeData({ dataProducerId: pipeDataProducer.id }),
  };
  const received = {};
  for (const [name, consumer] of Object.entries(consumers)) {
    note(`data consumer ${name}`, await consumer.dump());
    received[name] = [];
    consumer.on("message", (message, ppid) => received[name].push([ppid, [...message]]));
    for (const event of ["dataproducerpause", "dataproducerresume", "dataproducerclose"]) {
      consumer.on(event, () => events.push([`data consumer ${name}`, event]));
    }
  }
  sendAll(source, given.messages);
  // The last message is for all.
  const ended = (messages) => Buffer.from(messages.at(-1)?.[1] ?? []).toString() === "end";
  await until(() => Object.values(received).every(ended));
  note("messages", received);
  await consumers.one.setSubchannels([2]);
  note("subchannels", { now: consumers.one.subchannels });
  note("data producer stats", (await source.getStats()).map(untimed));
  note("data consumer stats", (await consumers.all.getStats()).map(untimed));
  return { source, consumers, pipeDataProducer };
}

export async function run(scenario, worker) {
  const { given, note, events } = scenario;
  const { mediaCodecs } = given;
  const routers = [await worker.createRouter({ mediaCodecs }), await worker.createRouter({ mediaCodecs })];
  const transports = [await routers[0].createDirectTransport(), await routers[1].createDirectTransport()];
  const levels = await routers[0].createAudioLevelObserver({ maxEntries: 2, threshold: -60, interval: 250 });
  const speakers = await routers[0].createActiveSpeakerObserver({ interval: 100 });
  levels.on("volumes", (volumes) => {
    events.push(["volumes", volumes.map(({ producer, volume }) => [producer.id, volume])]);
  });
  levels.on("silence", () => events.push(["silence"]));
  speakers.on("dominantspeaker", ({ producer }) => events.push(["dominant speaker", producer.id]));
  const made = { routers, transports, observers: [levels, speakers] };
  const media = await pipeMedia(scenario, made);
  await observe(scenario, made, media);
  const data = await carryMessages(scenario, made);

  const paused = once(data.consumers.all, "dataproducerpause");
  await data.source.pause();
  await paused;
  const resumed = once(data.consumers.all, "dataproducerresume");
  await data.source.resume();
  await resumed;
  const closed = Object.values(data.consumers).map((consumer) => once(consumer, "dataproducerclose"));
  data.source.close();
  await Promise.all(closed);
  const gone = once(media.consumer, "producerclose");
  media.producer.close();
  await gone;
  const { pipeProducer, pipeConsumer } = media.piped;
  const ends = [pipeProducer, pipeConsumer, data.pipeDataProducer, media.consumer, ...Object.values(data.consumers)];
  note("closed after the pipe", ends.map((end) => end.closed));
  for (const router of routers) router.close();
  note("observers closed", [levels, speakers].map((observer) => observer.closed));
}
