// A conference of one room, made of the published Node.js controller: what a server that exists today would be.
// The page speaks with it by POST /rpc/<method>?peer=<name>&protocol=<udp or tcp>; a peer's consumers are made when it asks
// for them. Peers in this process call rpc() themselves.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as mediasoup from "mediasoup";

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

export class Conference {
  #peers = new Map(); // name -> { transports: Map, producers: Map, consumers: Map }
  #methods = {
    capabilities: () => this.router.rtpCapabilities,
    createTransport: (peer) => this.#createTransport(peer),
    connect: (peer, { transportId, dtlsParameters }) => peer.transports.get(transportId).connect({ dtlsParameters }),
    produce: (peer, body) => this.#produce(peer, body),
    consume: (peer, body) => this.#consume(peer, body),
    resume: (peer, { id }) => peer.consumers.get(id).resume(),
  };

  /** Media is received at `address`; the page is served on loopback, for only there a browser opens its camera. */
  static async start(worker, address) {
    const conference = new Conference();
    const listenInfos = ["udp", "tcp"].map((protocol) => ({ protocol, ip: address }));
    conference.worker = worker;
    conference.webRtcServer = await worker.createWebRtcServer({ listenInfos });
    conference.router = await worker.createRouter({ mediaCodecs });
    const bundle = await esbuild.build({
      entryPoints: [join(here, "page.mjs")],
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

  async rpc(name, protocol, method, body) {
    return (await this.#methods[method](this.peer(name, protocol), body)) ?? {};
  }

  peer(name, protocol) {
    if (!this.#peers.has(name)) {
      this.#peers.set(name, { name, protocol, transports: new Map(), producers: new Map(), consumers: new Map() });
    }
    return this.#peers.get(name);
  }

  /** All that the peer had is gone. */
  forget(name) {
    for (const transport of this.peer(name).transports.values()) transport.close();
    this.#peers.delete(name);
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
    this.router.close();
    this.webRtcServer.close();
  }

  async #answer(files, request, response) {
    const url = new URL(request.url, this.url);
    try {
      if (url.pathname.startsWith("/rpc/")) {
        const [name, protocol] = ["peer", "protocol"].map((word) => url.searchParams.get(word));
        const answer = await this.rpc(name, protocol, url.pathname.slice("/rpc/".length), await readBody(request));
        response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
      } else if (files[url.pathname]) {
        response.setHeader("content-type", files[url.pathname][0]).end(files[url.pathname][1]);
      } else {
        response.writeHead(404).end();
      }
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    }
  }

  async #createTransport(peer) {
    const transport = await this.router.createWebRtcTransport({
      webRtcServer: this.webRtcServer,
      enableUdp: peer.protocol === "udp",
      enableTcp: peer.protocol === "tcp",
    });
    peer.transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters };
  }

  async #produce(peer, { transportId, kind, rtpParameters }) {
    const producer = await peer.transports.get(transportId).produce({ kind, rtpParameters });
    peer.producers.set(kind, producer);
    return { id: producer.id };
  }

  // The consumers of all that others send and this peer does not receive yet.
  async #consume(peer, { transportId, rtpCapabilities }) {
    const answers = [];
    const known = new Set([...peer.consumers.values()].map((consumer) => consumer.producerId));
    for (const other of this.#peers.values()) {
      for (const producer of other === peer ? [] : other.producers.values()) {
        if (known.has(producer.id) || !this.router.canConsume({ producerId: producer.id, rtpCapabilities })) continue;
        const transport = peer.transports.get(transportId);
        const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, paused: true });
        peer.consumers.set(consumer.id, consumer);
        const { id, producerId, kind, rtpParameters } = consumer;
        answers.push({ id, producerId, kind, rtpParameters });
      }
    }
    return answers;
  }
}
