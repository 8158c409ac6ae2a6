// Receives the others: one consumer per track the server offers. It tells what belongs to whom and leaves the rest to
// the call.

import type { types } from "mediasoup-client";
import { loudness } from "./level";
import type { NewConsumer } from "./protocol";
import type { Signalling } from "./signalling";

export interface RemoteTrack {
  peerId: string;
  kind: types.MediaKind;
  track: MediaStreamTrack;
  paused: boolean;
  /** 0..1 for sound; always 0 for pictures. */
  level: () => number;
}

export class Receiver {
  readonly tracks = new Map<string, RemoteTrack>();
  private readonly consumers = new Map<string, types.Consumer>();
  /** What is offered now. Making a consumer takes a while, in which its offer may change or end. */
  private readonly offers = new Map<string, NewConsumer>();

  constructor(
    private readonly transport: types.Transport,
    private readonly signalling: Signalling,
  ) {}

  /** Makes the track, then tells the server that packets may come. Several at once are negotiated together. */
  async add(offer: NewConsumer): Promise<void> {
    const { consumerId, producerId, peerId, kind, source, rtpParameters } = offer;
    this.offers.set(consumerId, offer);
    const consumer = await this.transport.consume({
      id: consumerId,
      producerId,
      kind,
      rtpParameters,
      streamId: source === "screen" ? `${peerId}-screen` : peerId, // Voice and face of a person are kept in step.
    });
    if (!this.offers.has(consumerId)) {
      consumer.close();
      return;
    }
    this.consumers.set(consumerId, consumer);
    const receiver = consumer.rtpReceiver;
    this.tracks.set(consumerId, {
      peerId,
      kind,
      track: consumer.track,
      paused: offer.paused,
      level: () => (kind === "audio" && receiver ? receivedLevel(receiver) : 0),
    });
    // An error says that it was closed meanwhile (the event is on its way), or that the connection is gone.
    this.signalling.request("consumerReady", { consumerId }).catch(() => {});
  }

  setPaused(consumerId: string, paused: boolean): void {
    const offer = this.offers.get(consumerId);
    if (offer) offer.paused = paused;
    const track = this.tracks.get(consumerId);
    if (track) track.paused = paused;
  }

  remove(consumerId: string): void {
    this.offers.delete(consumerId);
    this.consumers.get(consumerId)?.close();
    this.consumers.delete(consumerId);
    this.tracks.delete(consumerId);
  }
}

function receivedLevel(receiver: RTCRtpReceiver): number {
  const source = receiver.getSynchronizationSources()[0];
  return loudness(source?.audioLevel ?? 0);
}
