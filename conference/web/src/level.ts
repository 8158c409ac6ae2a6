// How loud a track of our own is, 0..1, for meters and for the outline of who talks. Browsers may hold audio processing
// back until the participant has touched the page; until then the level is 0 and nothing else is lost.

export class LevelMeter {
  private context: AudioContext | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private analyser: AnalyserNode | undefined;
  private track: MediaStreamTrack | undefined;
  private samples = new Float32Array(512);

  /** Follows another track, or none. */
  follow(track: MediaStreamTrack | undefined): void {
    if (track === this.track) return;
    this.source?.disconnect();
    this.source = undefined;
    this.track = track;
    if (!track) return;
    this.context ??= new AudioContext();
    this.analyser ??= new AnalyserNode(this.context, { fftSize: this.samples.length });
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
  }

  read(): number {
    if (!this.analyser || !this.source || !this.track?.enabled) return 0;
    if (this.context?.state === "suspended" && navigator.userActivation?.hasBeenActive) void this.context.resume();
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return loudness(Math.sqrt(sum / this.samples.length));
  }

  close(): void {
    this.follow(undefined);
    void this.context?.close();
    this.context = undefined;
    this.analyser = undefined;
  }
}

/** From an amplitude (0..1) to something even to the eye: -60 dB is 0, full scale is 1. */
export function loudness(amplitude: number): number {
  if (amplitude <= 0) return 0;
  return Math.min(1, Math.max(0, 1 + (20 * Math.log10(amplitude)) / 60));
}

/** Louder than this is talk rather than breath and fans: -42 dB. */
export const talkThreshold = 0.3;
