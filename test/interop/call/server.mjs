// A conference of one room, made of the published Node.js controller: what a server that exists today would be. It has one
// side or more, each with a worker of its own; what is produced at one is piped to all others.
//
// A peer speaks with it by POST /rpc/<method>?peer=<name>&protocol=<udp or tcp>&side=<number>; the first request makes the
// peer known, and what others produce is consumed when it asks for it. With &address=<IP> its media comes and goes there.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const BODY_LIMIT = 1024 * 1024;

const mediaCodecs = [
  { kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2 },
  { kind: "video", mimeType: "video/VP8", clockRate: 90000 },
  { kind: "video", mimeType: "video/VP9", clockRate: 90000 },
];

async function readBody(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_LIMIT) throw new Error("the body is too long");
  }
  return text ? JSON.parse(text) : {};
}

// Where the peers of one worker meet.
class Side {
  static async create(worker, address, codecs) {
    const side = new Side();
    side.address = address;
    const listenInfos = ["udp", "tcp"].map((protocol) => ({ protocol, ip: address }));
    side.webRtcServer = await worker.createWebRtcServer({ listenInfos });
    side.router = await worker.createRouter({ mediaCodecs: codecs });
    return side;
  }

  close() {
    this.router.close();
    this.webRtcServer.close();
  }
}

class Peer {
  transports = new Map(); // by id
  producers = new Map(); // by kind, the second and later ones of a kind by id
  consumers = new Map(); // by id
  dataProducers = new Map(); // by label
  dataConsumers = new Map(); // by id

  constructor({ name, protocol, side, address }) {
    Object.assign(this, { name, protocol, side, address });
  }
}

export class Conference {
  #peers = new Map(); // by name
  #methods = {
    capabilities: (peer) => peer.side.router.rtpCapabilities,
    createTransport: (peer) => this.#createTransport(peer),
    connect: (peer, { transportId, dtlsParameters }) => peer.transports.get(transportId).connect({ dtlsParameters }),
    produce: (peer, body) => this.#produce(peer, body),
    produceData: (peer, body) => this.#produceData(peer, body),
    closeData: (peer, { label }) => peer.dataProducers.get(label).close(),
    consume: (peer, body) => this.#consume(peer, body),
    consumeData: (peer, body) => this.#consumeData(peer, body),
    resume: (peer, { id }) => peer.consumers.get(id).resume(),
  };

  /**
   * Media is received at `address`; the page is served on loopback, for only there a browser opens its camera. With
   * `data` transports have SCTP, too. `page` is the script of another page, `codecs` are others than the usual.
   */
  static async start(workers, address, { data = false, page = join(here, "page.mjs"), codecs = mediaCodecs } = {}) {
    const conference = new Conference();
    conference.data = data;
    conference.sides = [];
    for (const worker of workers) conference.sides.push(await Side.create(worker, address, codecs));
    const bundle = await esbuild.build({
      entryPoints: [page],
      bundle: true,
      write: false,
      format: "esm",
      define: { global: "globalThis" },
    });
    const files = {
      "/": ["text/html; charset=utf-8", await readFile(join(here, "page.html"))],
      "/page.js": ["text/javascript", bundle.outputFiles[0].contents],
    };
    conference.server = createServer((request, response) => conference.#answer(files, request, response));
    await new Promise((done) => conference.server.listen(0, "127.0.0.1", done));
    conference.url = `http://127.0.0.1:${conference.server.address().port}/`;
    return conference;
  }

  peer(name) {
    return this.#peers.get(name);
  }

  /** What this process produces itself, on a direct transport; consumers are as reliable as `appData.reliability` says. */
  addDataProducer(dataProducer) {
    if (!this.#peers.has("")) this.#peers.set("", new Peer({ name: "", side: this.sides[0] }));
    this.peer("").dataProducers.set(dataProducer.label, dataProducer);
  }

  /** All that the peer had is gone. */
  forget(name) {
    for (const transport of this.peer(name).transports.values()) transport.close();
    this.#peers.delete(name);
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
    for (const side of this.sides) side.close();
  }

  async #answer(files, request, response) {
    const url = new URL(request.url, this.url);
    try {
      if (url.pathname.startsWith("/rpc/")) {
        const method = this.#methods[url.pathname.slice("/rpc/".length)];
        const answer = await method(this.#meet(url.searchParams), await readBody(request));
        response.setHeader("content-type", "application/json").end(JSON.stringify(answer ?? {}));
      } else if (files[url.pathname]) {
        response.setHeader("content-type", files[url.pathname][0]).end(files[url.pathname][1]);
      } else {
        response.writeHead(404).end();
      }
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    }
  }

  #meet(query) {
    const name = query.get("peer");
    if (!this.#peers.has(name)) {
      const side = this.sides[Number(query.get("side") ?? 0)];
      this.#peers.set(name, new Peer({ name, protocol: query.get("protocol"), side, address: query.get("address") }));
    }
    return this.#peers.get(name);
  }

  async #createTransport(peer) {
    const transport = await peer.side.router.createWebRtcTransport({
      ...(peer.address ? { listenInfos: [{ protocol: "udp", ip: peer.address }] } : { webRtcServer: peer.side.webRtcServer }),
      enableUdp: peer.protocol === "udp",
      enableTcp: peer.protocol === "tcp",
      enableSctp: this.data,
    });
    peer.transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters };
  }

  async #produce(peer, { transportId, kind, rtpParameters }) {
    const producer = await peer.transports.get(transportId).produce({ kind, rtpParameters });
    await this.#pipe(peer.side, { producerId: producer.id });
    peer.producers.set(peer.producers.has(kind) ? producer.id : kind, producer);
    return { id: producer.id };
  }

  async #produceData(peer, { transportId, ...options }) {
    const dataProducer = await peer.transports.get(transportId).produceData(options);
    await this.#pipe(peer.side, { dataProducerId: dataProducer.id });
    peer.dataProducers.set(options.label, dataProducer);
    return { id: dataProducer.id };
  }

  async #pipe(from, what) {
    for (const { router, address } of this.sides) {
      if (router === from.router) continue;
      const listenInfo = { protocol: "udp", ip: address };
      await from.router.pipeToRouter({ ...what, router, listenInfo, enableSctp: this.data, enableRtx: true });
    }
  }

  // All that others have in this map of theirs, and that this peer has no consumer for in `mine`.
  #news(peer, theirs, mine) {
    const known = new Set([...mine.values()].map(({ producerId, dataProducerId }) => producerId ?? dataProducerId));
    const others = [...this.#peers.values()].filter((other) => other !== peer);
    return others.flatMap((other) => [...other[theirs].values()]).filter(({ id, closed }) => !closed && !known.has(id));
  }

  async #consume(peer, { transportId, rtpCapabilities }) {
    const answers = [];
    for (const { id: producerId } of this.#news(peer, "producers", peer.consumers)) {
      if (!peer.side.router.canConsume({ producerId, rtpCapabilities })) continue;
      const transport = peer.transports.get(transportId);
      const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true });
      peer.consumers.set(consumer.id, consumer);
      const { id, kind, rtpParameters } = consumer;
      answers.push({ id, producerId, kind, rtpParameters });
    }
    return answers;
  }

  async #consumeData(peer, { transportId }) {
    const answers = [];
    for (const { id: dataProducerId, appData } of this.data ? this.#news(peer, "dataProducers", peer.dataConsumers) : []) {
      const transport = peer.transports.get(transportId);
      const dataConsumer = await transport.consumeData({ dataProducerId, ...appData.reliability });
      peer.dataConsumers.set(dataConsumer.id, dataConsumer);
      const { id, sctpStreamParameters, label, protocol } = dataConsumer;
      answers.push({ id, dataProducerId, sctpStreamParameters, label, protocol });
    }
    return answers;
  }
}
