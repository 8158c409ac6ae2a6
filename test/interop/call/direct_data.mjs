// Data of the controller itself: a direct transport that sends to all peers of a conference, and receives all that they send.
import { makeMessage, Received } from "./messages.mjs";

const STRING = 51; // payload protocol identifiers of RFC 8831, section 8
const EMPTY_STRING = 56;
const EMPTY_BINARY = 57;

export class DirectData {
  received = {}; // by label

  static async create(conference) {
    const direct = new DirectData();
    direct.conference = conference;
    direct.transport = await conference.sides[0].router.createDirectTransport();
    direct.dataProducers = {};
    return direct;
  }

  /** Receives what `dataProducer` sends. */
  async consume({ id: dataProducerId, label }) {
    const dataConsumer = await this.transport.consumeData({ dataProducerId });
    const received = new Received();
    this.received[label] = received;
    dataConsumer.on("message", (message, ppid) => received.take(decode(message, ppid)));
    dataConsumer.on("dataproducerclose", () => {
      received.closed = true;
    });
  }

  /** Opens a channel to all peers, as reliable as told. */
  async produce(label, reliability) {
    const dataProducer = await this.transport.produceData({ label, appData: { reliability } });
    this.dataProducers[label] = dataProducer;
    this.conference.addDataProducer(dataProducer);
  }

  /** As Client.sendData() of client.mjs. */
  send(label, index, messages) {
    let next = index;
    for (const { size, kind, count = 1 } of messages) {
      for (let i = 0; i < count; i += 1) {
        const message = makeMessage(next++, size, kind);
        this.dataProducers[label].send(typeof message === "string" ? message : Buffer.from(message.buffer));
      }
    }
  }
}

// An empty message is one byte on the wire, and its identifier says so.
function decode(message, ppid) {
  if (ppid === EMPTY_STRING) return "";
  if (ppid === EMPTY_BINARY) return new Uint8Array();
  return ppid === STRING ? message.toString() : message;
}
