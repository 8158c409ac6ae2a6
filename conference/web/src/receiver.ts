// Receives the others: one consumer per track the server offers. It tells what belongs to whom and leaves the rest to
// the call.

import type { types } from "mediasoup-client";
import { loudness } from "./level";
import type { NewConsumer } from "./protocol";
import type { Signalling } from "./signalling";

export interface RemoteTrack {
  consumerId: string;
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

  constructor(
    private readonly transport: types.Transport,
    private readonly signalling: Signalling,
  ) {}

  /** Makes the track, then tells the server that packets may come. */
  async add(offer: NewConsumer): Promise<void> {
    const { consumerId, producerId, peerId, kind, source, paused, rtpParameters } = offer;
    const consumer = await this.transport.consume({
      id: consumerId,
      producerId,
      kind,
      rtpParameters,
      streamId: `${peerId}-${source}`, // Sound and picture of a person are kept in step.
    });
    this.consumers.set(consumerId, consumer);
    const receiver = consumer.rtpReceiver;
    this.tracks.set(consumerId, {
      consumerId,
      peerId,
      kind,
      track: consumer.track,
      paused,
      level: () => (kind === "audio" && receiver ? receivedLevel(receiver) : 0),
    });
    await this.signalling.request("consumerReady", { consumerId });
  }

  setPaused(consumerId: string, paused: boolean): void {
    const track = this.tracks.get(consumerId);
    if (track) track.paused = paused;
  }

  remove(consumerId: string): void {
    this.consumers.get(consumerId)?.close();
    this.consumers.delete(consumerId);
    this.tracks.delete(consumerId);
  }
}

function receivedLevel(receiver: RTCRtpReceiver): number {
  const source = receiver.getSynchronizationSources()[0];
  return loudness(source?.audioLevel ?? 0);
}
