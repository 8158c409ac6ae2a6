// The participant's own camera, microphone and screen: opening, switching, closing, and every failure in words.
// It knows nothing of calls: whoever uses it listens for "change" and reads `audio`, `video` and `screen`.

export type Source = "microphone" | "camera" | "screen";
/** What there may be several of, to be chosen from. Of screens the browser asks each time. */
export type DeviceSource = Exclude<Source, "screen">;

export interface Devices {
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
}

const trackOf = { microphone: "audio", camera: "video", screen: "screen" } as const;
const screenConstraints = { frameRate: { ideal: 15, max: 30 } };

/** Telephones cannot share theirs. */
export function canShareScreen(): boolean {
  return navigator.mediaDevices?.getDisplayMedia !== undefined;
}

export class LocalMedia extends EventTarget {
  audio: MediaStreamTrack | undefined;
  video: MediaStreamTrack | undefined;
  /** While it is shared. */
  screen: MediaStreamTrack | undefined;
  /** What the participant wants; a wanted source without a track has its reason in `problem`. */
  microphoneOn = true;
  cameraOn = true;
  readonly problem: Partial<Record<Source, string>> = {};
  private microphoneId: string | undefined;
  private cameraId: string | undefined;
  private screenWanted = false;

  /** Opens what is wanted. Asks for both at once, so that the browser shows one question only. */
  async open(): Promise<void> {
    const wantsAudio = this.microphoneOn && !this.audio;
    const wantsVideo = this.cameraOn && !this.video;
    if (wantsAudio && wantsVideo) {
      try {
        const stream = await request({ audio: this.audioConstraints(), video: this.videoConstraints() });
        this.adopt("microphone", stream.getAudioTracks()[0]);
        this.adopt("camera", stream.getVideoTracks()[0]);
        this.changed();
        return;
      } catch {
        // One of the two failed: asking for each tells which, and keeps the other.
      }
    }
    if (wantsAudio) await this.openOne("microphone");
    if (wantsVideo) await this.openOne("camera");
    this.changed();
  }

  /** Muting keeps the microphone open, so that speaking again is immediate; nothing but silence leaves it. */
  async setMicrophone(on: boolean): Promise<void> {
    this.microphoneOn = on;
    if (on && !this.audio) await this.openOne("microphone");
    if (this.audio) this.audio.enabled = on;
    this.changed();
  }

  /** Camera off closes the device: its light goes out. */
  async setCamera(on: boolean): Promise<void> {
    this.cameraOn = on;
    if (on && !this.video) await this.openOne("camera");
    if (!this.cameraOn) this.release("camera");
    this.changed();
  }

  /** The browser asks which one each time, and has a button of its own that ends it. */
  async setScreen(on: boolean): Promise<void> {
    this.screenWanted = on;
    if (on && !this.screen) await this.openScreen();
    if (!this.screenWanted) this.release("screen");
    this.changed();
  }

  async choose(source: DeviceSource, deviceId: string): Promise<void> {
    if (source === "microphone") this.microphoneId = deviceId;
    else this.cameraId = deviceId;
    const on = source === "microphone" ? this.microphoneOn : this.cameraOn;
    this.release(source);
    if (on) await this.openOne(source);
    this.changed();
  }

  close(): void {
    this.release("microphone");
    this.release("camera");
    this.screenWanted = false;
    this.release("screen");
  }

  /** Device names are empty until the participant allowed their use. */
  async devices(): Promise<Devices> {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    return {
      microphones: all.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== ""),
      cameras: all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== ""),
    };
  }

  private async openOne(source: DeviceSource): Promise<void> {
    const constraints =
      source === "microphone" ? { audio: this.audioConstraints() } : { video: this.videoConstraints() };
    try {
      const stream = await request(constraints);
      this.adopt(source, stream.getTracks()[0]);
    } catch (error) {
      this.problem[source] = inWords(source, error);
    }
  }

  private async openScreen(): Promise<void> {
    delete this.problem.screen;
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: screenConstraints, audio: false });
      const [track] = stream.getVideoTracks();
      if (track) track.contentHint = "detail"; // Text is to stay sharp, at the cost of frames.
      this.adopt("screen", track);
    } catch (error) {
      // Who thought better of it knows so.
      const refused = error instanceof DOMException && error.name === "NotAllowedError";
      if (!refused) this.problem.screen = "The screen could not be shared.";
    }
  }

  private adopt(source: Source, track: MediaStreamTrack | undefined): void {
    this.release(source);
    if (!track) return;
    delete this.problem[source];
    track.addEventListener("ended", () => {
      this.release(source);
      if (source !== "screen") this.problem[source] = `The ${source} was unplugged or taken away.`;
      this.changed();
    });
    if (source === "microphone") {
      track.enabled = this.microphoneOn;
      this.audio = track;
    } else if (source === "camera" ? this.cameraOn : this.screenWanted) {
      this[trackOf[source]] = track;
    } else {
      track.stop(); // Switched off while the device was still opening.
    }
  }

  private release(source: Source): void {
    const key = trackOf[source];
    this[key]?.stop();
    this[key] = undefined;
  }

  private audioConstraints(): MediaTrackConstraints | true {
    return this.microphoneId ? { deviceId: { exact: this.microphoneId } } : true;
  }

  private videoConstraints(): MediaTrackConstraints {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
    return this.cameraId ? { ...size, deviceId: { exact: this.cameraId } } : size;
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

async function request(constraints: MediaStreamConstraints): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException("no media devices", "SecurityError");
  return navigator.mediaDevices.getUserMedia(constraints);
}

function inWords(source: DeviceSource, error: unknown): string {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
      return `The browser was told not to use the ${source}. Allow it beside the page's address, then try again.`;
    case "NotFoundError":
      return `No ${source} was found.`;
    case "NotReadableError":
    case "AbortError":
      return `The ${source} is in use by another program.`;
    case "OverconstrainedError":
      return `The chosen ${source} is no longer there.`;
    case "SecurityError":
      return `Browsers open the ${source} on secure pages only (https, or this very computer).`;
    default:
      return `The ${source} could not be opened.`;
  }
}
