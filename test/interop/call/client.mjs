// One peer of the interop conference, in a browser's page or in Node.js: mediasoup-client, and what a test wants of it.
import { Device } from "mediasoup-client";
import { makeMessage, Received } from "./messages.mjs";

const POLL_MS = 200;

export class Client {
  consumers = [];
  dataProducers = {}; // by label
  data = {}; // by label: what was received
  states = {};
  error = "";

  /** `rpc(method, body)` asks the conference. `handlerName` where mediasoup-client cannot tell what it runs in. */
  static async join(rpc, { handlerName, onConsumer = () => {} } = {}) {
    const client = new Client();
    client.rpc = rpc;
    client.onConsumer = onConsumer;
    client.device = await Device.factory({ handlerName });
    await client.device.load({ routerRtpCapabilities: await rpc("capabilities") });
    client.sender = await client.#createTransport("send");
    client.receiver = await client.#createTransport("receive");
    client.#poll();
    return client;
  }

  produce(track, { codec, ...options } = {}) {
    const chosen = this.device.sendRtpCapabilities.codecs.find(({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`);
    return this.sender.produce({ track, ...options, ...(track.kind === "video" && chosen ? { codec: chosen } : {}) });
  }

  /** Opens a data channel to all others; `options` say how reliable it is. */
  async openData(label, options) {
    const dataProducer = await this.sender.produceData({ label, ...options });
    this.dataProducers[label] = dataProducer;
    if (dataProducer.readyState === "open") return;
    await new Promise((done, failed) => {
      dataProducer.once("open", done);
      dataProducer.once("error", failed);
    });
  }

  /** Sends one message per { size, kind, count = 1 }, numbered on from `index`. */
  sendData(label, index, messages) {
    let next = index;
    for (const { size, kind, count = 1 } of messages) {
      for (let i = 0; i < count; i += 1) this.dataProducers[label].send(makeMessage(next++, size, kind));
    }
  }

  async closeData(label) {
    this.dataProducers[label].close();
    await this.rpc("closeData", { label });
  }

  /** What arrived so far of data, by label. */
  receivedData() {
    return { data: this.data, error: this.error };
  }

  /** What arrived so far of media, summed over the consumers. */
  async received() {
    const sum = { framesDecoded: 0, audioEnergy: 0, packetsLost: 0, kinds: [] };
    for (const consumer of this.consumers) {
      sum.kinds.push(consumer.kind);
      for (const stat of (await consumer.getStats()).values()) {
        if (stat.type !== "inbound-rtp") continue;
        sum.framesDecoded += stat.framesDecoded ?? 0;
        sum.audioEnergy += stat.totalAudioEnergy ?? 0;
        sum.packetsLost += stat.packetsLost ?? 0;
      }
    }
    return { ...sum, states: this.states, error: this.error };
  }

  close() {
    clearTimeout(this.timer);
    this.closed = true;
    this.sender.close();
    this.receiver.close();
  }

  async #createTransport(direction) {
    const parameters = await this.rpc("createTransport");
    const transport =
      direction === "send" ? this.device.createSendTransport(parameters) : this.device.createRecvTransport(parameters);
    const answer = (event, method, body) =>
      transport.on(event, (wanted, done, failed) => {
        this.rpc(method, { transportId: transport.id, ...body(wanted) }).then(done, failed);
      });
    answer("connect", "connect", ({ dtlsParameters }) => ({ dtlsParameters }));
    if (direction === "send") {
      answer("produce", "produce", ({ kind, rtpParameters }) => ({ kind, rtpParameters }));
      answer("producedata", "produceData", ({ sctpStreamParameters, label, protocol }) => {
        return { sctpStreamParameters, label, protocol };
      });
    }
    transport.on("connectionstatechange", (state) => {
      this.states[direction] = state;
    });
    return transport;
  }

  // Takes what others produce and is not received yet, for ever.
  async #poll() {
    try {
      const body = { transportId: this.receiver.id, rtpCapabilities: this.device.rtpCapabilities };
      for (const offer of await this.rpc("consume", body)) {
        const consumer = await this.receiver.consume(offer);
        this.consumers.push(consumer);
        await this.onConsumer(consumer);
        await this.rpc("resume", { id: consumer.id });
      }
      for (const offer of await this.rpc("consumeData", { transportId: this.receiver.id })) await this.#consumeData(offer);
    } catch (error) {
      if (!this.closed) this.error = String(error);
    }
    if (!this.closed) this.timer = setTimeout(() => this.#poll(), POLL_MS);
  }

  async #consumeData(offer) {
    const dataConsumer = await this.receiver.consumeData(offer);
    const received = new Received();
    this.data[offer.label] = received;
    dataConsumer.binaryType = "arraybuffer";
    dataConsumer.on("message", (message) => received.take(message));
    dataConsumer.on("close", () => {
      received.closed = true;
    });
  }
}
