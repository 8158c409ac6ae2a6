// Sends the participant's own tracks: makes producers and transport agree with LocalMedia, again at each of its changes.
// A source that is off sends nothing at all: its producer is paused on both sides and holds no track.

import type { types } from "mediasoup-client";
import type { LocalMedia, Source } from "./media";
import type { Signalling } from "./signalling";

const videoBitrate = 1_500_000;

export class Publisher {
  private readonly producers = new Map<Source, types.Producer>();
  private running: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly transport: types.Transport,
    private readonly signalling: Signalling,
    private readonly media: LocalMedia,
    private readonly canProduce: (kind: types.MediaKind) => boolean,
  ) {}

  /** Changes that come while one is being carried out are carried out after it, the latest state only. */
  sync(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.again && !this.transport.closed) {
      this.again = false;
      const { media } = this;
      await this.syncOne("microphone", media.microphoneOn ? media.audio : undefined);
      await this.syncOne("camera", media.cameraOn ? media.video : undefined);
    }
  }

  private async syncOne(source: Source, wanted: MediaStreamTrack | undefined): Promise<void> {
    const track = wanted?.readyState === "live" ? wanted : undefined;
    const producer = this.producers.get(source);
    if (!producer) {
      if (track) await this.create(source, track);
      return;
    }
    if ((producer.track ?? undefined) !== track) await producer.replaceTrack({ track: track ?? null });
    if (track && producer.paused) {
      producer.resume();
      await this.signalling.request("resumeProducer", { producerId: producer.id });
    } else if (!track && !producer.paused) {
      producer.pause();
      await this.signalling.request("pauseProducer", { producerId: producer.id });
    }
  }

  private async create(source: Source, track: MediaStreamTrack): Promise<void> {
    const kind = source === "microphone" ? "audio" : "video";
    if (!this.canProduce(kind)) return;
    const forVideo = { encodings: [{ maxBitrate: videoBitrate }], codecOptions: { videoGoogleStartBitrate: 1000 } };
    const producer = await this.transport.produce({
      track,
      stopTracks: false,
      disableTrackOnPause: false,
      appData: { source },
      ...(kind === "video" ? forVideo : {}),
    });
    this.producers.set(source, producer);
  }
}
