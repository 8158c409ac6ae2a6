// Receives the others: one consumer per track the server offers. It tells what belongs to whom and leaves the rest to
// the call.

import type { types } from "mediasoup-client";
import { loudness } from "./level";
import { Picture } from "./picture";
import type { Layers, NewConsumer, SourceName } from "./protocol";
import type { Signalling } from "./signalling";

export interface RemoteTrack {
  peerId: string;
  kind: types.MediaKind;
  source: SourceName;
  track: MediaStreamTrack;
  paused: boolean;
  /** 0..1 for sound; always 0 for pictures. */
  level: () => number;
  picture?: Picture;
}

export class Receiver {
  readonly tracks = new Map<string, RemoteTrack>();
  private readonly closers = new Map<string, () => void>();
  /** What is offered now. Making a consumer takes a while, in which its offer may change or end. */
  private readonly offers = new Map<string, NewConsumer>();

  constructor(
    private readonly transport: types.Transport,
    private readonly signalling: Signalling,
  ) {}

  /** Makes the track; of sound it tells the server that packets may come. Several at once are negotiated together. */
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
    const receiver = consumer.rtpReceiver;
    this.tracks.set(consumerId, {
      peerId,
      kind,
      source,
      track: consumer.track,
      paused: offer.paused,
      level: () => (kind === "audio" && receiver ? receivedLevel(receiver) : 0),
      ...(kind === "video" ? { picture: this.makePicture(consumer, offer) } : {}),
    });
    if (kind === "video") return; // Whoever shows it says when it is to come, and how large.
    this.closers.set(consumerId, () => consumer.close());
    // An error says that it was closed meanwhile (the event is on its way), or that the connection is gone.
    this.signalling.request("consumerReady", { consumerId }).catch(() => {});
  }

  setLayers(consumerId: string, layers: Layers | null): void {
    const picture = this.tracks.get(consumerId)?.picture;
    if (picture) picture.layers = layers;
  }

  setPaused(consumerId: string, paused: boolean): void {
    const offer = this.offers.get(consumerId);
    if (offer) offer.paused = paused;
    const track = this.tracks.get(consumerId);
    if (track) track.paused = paused;
  }

  remove(consumerId: string): void {
    this.offers.delete(consumerId);
    this.closers.get(consumerId)?.();
    this.closers.delete(consumerId);
    this.tracks.delete(consumerId);
  }

  /** What was to be asked later is not: the connection is gone. */
  close(): void {
    for (const { picture } of this.tracks.values()) picture?.close();
  }

  private makePicture(consumer: types.Consumer, offer: NewConsumer): Picture {
    const picture = new Picture(consumer, offer, this.signalling);
    this.closers.set(offer.consumerId, () => picture.close());
    return picture;
  }
}

function receivedLevel(receiver: RTCRtpReceiver): number {
  const source = receiver.getSynchronizationSources()[0];
  return loudness(source?.audioLevel ?? 0);
}
