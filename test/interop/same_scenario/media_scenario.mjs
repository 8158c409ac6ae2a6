// The first half of the scenario: plain transports, a producer and a consumer of each kind, fixed RTP through them, what all
// objects then say of themselves, and calls that must be refused. media_scenario.cc does the same.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isMedia, makePackets, summarize } from "./packets.mjs";

const local = { protocol: "udp", ip: "127.0.0.1" };

async function udpSocket() {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1_000_000 });
  socket.received = [];
  socket.on("message", (message) => socket.received.push(message));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

const withoutTimes = ({ timestamp, bitrate, jitter, roundTripTime, ...stats }) => stats;

function streamStats(stats) {
  const { type, ssrc, rtxSsrc, kind, mimeType, packetCount, byteCount, packetsLost, fractionLost } = withoutTimes(stats);
  const { packetsDiscarded, packetsRetransmitted, packetsRepaired, nackCount, nackPacketCount, pliCount, firCount } = stats;
  return {
    ...{ type, ssrc, rtxSsrc, kind, mimeType, packetCount, byteCount, packetsLost, fractionLost },
    ...{ packetsDiscarded, packetsRetransmitted, packetsRepaired, nackCount, nackPacketCount, firCount },
    pliSeen: pliCount > 0,
  };
}

function streamDump({ params, rtxStream }) {
  const { ssrc, cname, mimeType, payloadType, spatialLayers, temporalLayers, useNack, usePli, useFir } = params;
  return {
    ...{ ssrc, cname, mimeType, payloadType, spatialLayers, temporalLayers, useNack, usePli, useFir },
    rtxSsrc: rtxStream?.params.ssrc,
  };
}

async function transportDump(transport) {
  const { producerIds, consumerIds, mapSsrcConsumerId, mapRtxSsrcConsumerId, rtpListener, traceEventTypes } =
    await transport.dump();
  const table = (pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
  return {
    ...{ producerIds, consumerIds, traceEventTypes },
    ssrcToConsumer: table(mapSsrcConsumerId),
    rtxSsrcToConsumer: table(mapRtxSsrcConsumerId),
    ssrcToProducer: table(rtpListener.ssrcTable),
    midToProducer: table(rtpListener.midTable),
    ridToProducer: table(rtpListener.ridTable),
  };
}

async function producerDump(producer) {
  const { paused, rtpStreams, traceEventTypes } = await producer.dump();
  return { paused, streams: (rtpStreams ?? []).map(streamDump), traceEventTypes };
}

async function consumerDump(consumer) {
  const { paused, producerPaused, priority, rtpStream, traceEventTypes } = await consumer.dump();
  return { paused, producerPaused, priority, streams: [streamDump(rtpStream)], traceEventTypes };
}

// The name of the error that a call ends with.
async function refusal(call) {
  try {
    await call();
  } catch (error) {
    if (error instanceof TypeError) return "InvalidArgument";
    return error.name === "UnsupportedError" ? "Unsupported" : "Error";
  }
  return "accepted";
}

export async function run({ given, note, until, events }, worker) {
  const router = await worker.createRouter({ mediaCodecs: given.mediaCodecs });
  note("router capabilities", router.rtpCapabilities);

  const inlet = await router.createPlainTransport({ listenInfo: local, comedia: true });
  inlet.on("tuple", (tuple) => events.push(["inlet tuple", tuple.protocol, tuple.remoteIp]));
  note("inlet", { id: inlet.id, protocol: inlet.tuple.protocol, address: inlet.tuple.localAddress });
  const audio = await inlet.produce({ kind: "audio", rtpParameters: given.audio });
  const video = await inlet.produce({ kind: "video", rtpParameters: given.video, paused: true });
  for (const [name, producer] of Object.entries({ audio, video })) {
    const { id, kind, type, paused, rtpParameters, consumableRtpParameters } = producer;
    note(`${name} producer`, { id, kind, type, paused, rtpParameters, consumableRtpParameters });
  }

  const sink = await udpSocket();
  const outlet = await router.createPlainTransport({ listenInfo: local });
  note("outlet", { id: outlet.id });
  await outlet.connect({ ip: "127.0.0.1", port: sink.address().port });
  const consumers = [];
  for (const producer of [audio, video]) {
    const consumer = await outlet.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
    const { id, producerId, kind, type, paused, producerPaused, rtpParameters } = consumer;
    note(`${kind} consumer`, { id, producerId, kind, type, paused, producerPaused, rtpParameters });
    for (const event of ["producerpause", "producerresume", "producerclose"]) {
      consumer.on(event, () => events.push([`${kind} consumer`, event]));
    }
    consumers.push(consumer);
  }
  const resumed = once(consumers[1], "producerresume");
  await video.resume();
  await resumed;
  await video.enableTraceEvent(["keyframe", "no such type"]);
  video.on("trace", ({ type, direction }) => events.push(["video trace", type, direction]));

  const feed = await udpSocket();
  for (const packet of [...makePackets(given.audioPackets), ...makePackets(given.videoPackets)]) {
    feed.send(packet, inlet.tuple.localPort, "127.0.0.1");
  }
  const wanted = given.audioPackets.count + given.videoPackets.count;
  await until(() => sink.received.filter(isMedia).length >= wanted);
  note("media out", summarize(sink.received));
  note("audio producer stats", (await audio.getStats()).map(streamStats));
  note("video producer stats", (await video.getStats()).map(streamStats));
  for (const consumer of consumers) note(`${consumer.kind} consumer stats`, (await consumer.getStats()).map(streamStats));
  const [{ rtpBytesReceived, rtxBytesReceived, rtpBytesSent: none }] = await inlet.getStats();
  const [{ rtpBytesSent, rtxBytesSent, rtpBytesReceived: nothing }] = await outlet.getStats();
  note("transport stats", { rtpBytesReceived, rtxBytesReceived, none, rtpBytesSent, rtxBytesSent, nothing });

  await consumers[0].pause();
  await consumers[1].setPriority(7);
  const paused = once(consumers[0], "producerpause");
  await audio.pause();
  await paused;
  const { transportIds, mapProducerIdConsumerIds } = await router.dump();
  const table = Object.fromEntries(mapProducerIdConsumerIds.map(({ key, values }) => [key, values]));
  note("router dump", { transportIds, producerConsumers: table });
  note("inlet dump", await transportDump(inlet));
  note("outlet dump", await transportDump(outlet));
  note("audio producer dump", await producerDump(audio));
  note("video producer dump", await producerDump(video));
  for (const consumer of consumers) note(`${consumer.kind} consumer dump`, await consumerDump(consumer));

  const produce = (kind, rtpParameters) => () => inlet.produce({ kind, rtpParameters });
  note("refusals", {
    "an SSRC twice": await refusal(produce("audio", { ...given.audio, mid: "other" })),
    "a codec that the router lacks": await refusal(produce("video", given.unsupported)),
    "no codecs": await refusal(produce("audio", { ...given.audio, codecs: [] })),
    "a producer that is not there": await refusal(() =>
      outlet.consume({ producerId: "none", rtpCapabilities: router.rtpCapabilities }),
    ),
    "connecting twice": await refusal(() => outlet.connect({ ip: "127.0.0.1", port: 9 })),
    "a port without an address": await refusal(async () => {
      const other = await router.createPlainTransport({ listenInfo: local });
      await other.connect({ port: 9 });
    }),
    "an address that is not here": await refusal(() =>
      router.createPlainTransport({ listenInfo: { protocol: "udp", ip: "192.0.2.1" } }),
    ),
  });

  const closed = once(consumers[1], "producerclose");
  video.close();
  await closed;
  inlet.on("routerclose", () => events.push(["inlet", "routerclose"]));
  audio.on("transportclose", () => events.push(["audio producer", "transportclose"]));
  consumers[0].on("transportclose", () => events.push(["audio consumer", "transportclose"]));
  router.close();
  note("closed", [inlet, outlet, audio, video, ...consumers].map((object) => object.closed));
  feed.close();
  sink.close();
}
