// Sends the participant's own tracks: makes producers and transport agree with LocalMedia, again at each of its changes.
// A source that is off sends nothing at all: its producer is paused on both sides and holds no track.

import type { types } from "mediasoup-client";
import { type Codec, modesOfInterest, restrict, type Size, sendingOf } from "./encodings";
import { type PictureFigures, SentMeter } from "./figures";
import type { LocalMedia, Source } from "./media";
import type { Layers } from "./protocol";
import { scalabilityModes } from "./scalability";
import type { Signalling } from "./signalling";

/** What goes with a producer to the server, as mediasoup-client's `appData`. */
export interface Sent extends types.AppData {
  source: Source;
  layers?: Size[];
}

export class Publisher {
  private readonly producers = new Map<Source, types.Producer<Sent>>();
  private meter = new SentMeter();
  /** Changes of what is sent come one after the other. */
  private sizes: Promise<void> = Promise.resolve();
  private running: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly transport: types.Transport,
    private readonly signalling: Signalling,
    private readonly media: LocalMedia,
    private readonly device: types.Device,
    private readonly codec: Codec,
  ) {}

  /** Changes that come while one is being carried out are carried out after it, the latest state only. */
  sync(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /**
   * Sends only the sizes that somebody wants. The smallest always goes: who comes next has a picture at once. A browser that
   * does not take it sends them all.
   */
  setWanted(producerId: string, layers: Layers | null): void {
    const producer = [...this.producers.values()].find((one) => one.id === producerId);
    const sender = producer?.rtpSender;
    if (!sender || producer?.closed) return;
    this.sizes = this.sizes.then(async () => {
      const parameters = sender.getParameters();
      if (!restrict(parameters.encodings, layers)) return;
      await sender.setParameters(parameters).catch(() => undefined);
    });
  }

  /** Of the camera's layers. */
  async figures(): Promise<PictureFigures | undefined> {
    const producer = this.producers.get("camera");
    if (!producer || producer.closed) return undefined;
    return { sent: this.meter.read((await producer.getStats()).values()) };
  }

  private async run(): Promise<void> {
    while (this.again && !this.transport.closed) {
      this.again = false;
      const { media } = this;
      await this.syncOne("microphone", media.microphoneOn ? media.audio : undefined);
      await this.syncOne("camera", media.cameraOn ? media.video : undefined);
      await this.syncOne("screen", media.screen);
    }
  }

  private async syncOne(source: Source, wanted: MediaStreamTrack | undefined): Promise<void> {
    const track = wanted?.readyState === "live" ? wanted : undefined;
    if (source === "camera" && track) await this.closeIfOtherSize(track);
    // A person without a picture is still there; a screen that is not shared is not.
    if (source === "screen" && !track) await this.close(source);
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

  /** Another camera may give other layers, which are settled when a producer is made. */
  private async closeIfOtherSize(track: MediaStreamTrack): Promise<void> {
    const sent = this.producers.get("camera")?.appData.layers?.at(-1);
    if (sent && !isSameSize(sent, sizeOf(track))) await this.close("camera");
  }

  private async close(source: Source): Promise<void> {
    const producer = this.producers.get(source);
    if (!producer) return;
    this.producers.delete(source);
    producer.close();
    await this.signalling.request("closeProducer", { producerId: producer.id });
  }

  private async create(source: Source, track: MediaStreamTrack): Promise<void> {
    if (!this.device.canProduce(source === "microphone" ? "audio" : "video")) return;
    const how = source === "microphone" ? { appData: { source } } : await this.pictureOptions(source, track);
    const options = { track, stopTracks: false, disableTrackOnPause: false, ...how };
    this.producers.set(source, await this.transport.produce<Sent>(options));
  }

  private async pictureOptions(
    source: Exclude<Source, "microphone">,
    track: MediaStreamTrack,
  ): Promise<types.ProducerOptions<Sent>> {
    const mimeType = (name: Codec) => `video/${name}`.toLowerCase();
    const known = this.device.rtpCapabilities.codecs ?? [];
    const codec = known.find((one) => one.mimeType.toLowerCase() === mimeType(this.codec));
    const size = sizeOf(track);
    const name = codec ? this.codec : "VP8";
    const modes = await scalabilityModes(name, size, modesOfInterest);
    const { encodings, layers } = sendingOf({
      source,
      size,
      codec: name,
      canEncode: (mode) => modes.has(mode),
    });
    if (source === "camera") this.meter = new SentMeter();
    const codecOptions = { videoGoogleStartBitrate: 1000 };
    return { encodings, codecOptions, appData: { source, layers }, ...(codec ? { codec } : {}) };
  }
}

/** A browser that does not say it gets what a small camera does: one size fewer rather than too many. */
function sizeOf(track: MediaStreamTrack): Size {
  const { width = 640, height = 360 } = track.getSettings();
  return { width, height };
}

/** A telephone that was turned has the same camera as before. */
function isSameSize(one: Size, other: Size): boolean {
  const sides = ({ width, height }: Size) => `${Math.max(width, height)} ${Math.min(width, height)}`;
  return sides(one) === sides(other);
}
