// One participant on the stage, or a screen: then it has data-screen, its owner's name, in place of data-participant.
// Their media are ordinary <video> and <audio> elements; the document says the rest in data attributes: data-audio and
// data-video ("on" or "off"), data-talking, data-self, data-large, and data-picture once the first frame is there.

import type { Box } from "../layout";
import { talkThreshold } from "../level";
import { hue, initials } from "../names";
import type { Participant } from "../participant";
import { element, setAttribute, setText, show } from "./dom";
import { FiguresPanel } from "./figures_panel";
import { icon } from "./icons";

/** How long a talker stays marked after the last loud moment: words have gaps. */
const talkHoldMs = 600;

export interface TileHandlers {
  /** The browser refuses to play sound before the participant touched the page. */
  blocked: () => void;
  pin: (participant: Participant) => void;
}

export class Tile {
  readonly root: HTMLElement;
  /** Whether any of it is inside the window. */
  inSight = false;
  private readonly video = element("video", { autoplay: true, playsinline: true });
  private readonly audio: HTMLAudioElement | undefined;
  private readonly state = element("span", { class: "only-heard" });
  private readonly pin = element("button", { class: "pin", type: "button", hidden: true }, [icon("pin")]);
  private figures: FiguresPanel | undefined;
  private lastLoudMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly participant: Participant,
    private readonly handlers: TileHandlers,
  ) {
    const { name, self, screen } = participant;
    this.video.muted = true; // The picture only: sound comes from the audio element.
    this.video.setAttribute("aria-label", self ? "Your picture" : `Picture of ${this.title}`);
    if (!self) this.audio = element("audio", { autoplay: true });
    const mark = element("span", { class: "muted-mark" }, [icon("microphoneOff")]);
    this.root = element(
      "figure",
      { class: "tile", [screen ? "data-screen" : "data-participant"]: name, "data-self": self },
      [
        element("span", { class: "avatar", "aria-hidden": "true" }, [initials(name)]),
        this.video,
        ...(this.audio ? [this.audio] : []),
        this.pin,
        element("figcaption", {}, [
          mark,
          element("span", { class: "who" }, [self ? `${name} (you)` : this.title]),
          this.state,
        ]),
      ],
    );
    this.video.addEventListener("loadeddata", () => setAttribute(this.root, "data-picture", true));
    this.pin.addEventListener("click", () => handlers.pin(participant));
    this.root.style.setProperty("--hue", String(hue(name)));
    this.update();
  }

  update(): void {
    const { audio, video, microphoneOn, cameraOn } = this.participant;
    if (play(this.video, video, () => {})) setAttribute(this.root, "data-picture", false);
    if (this.audio) play(this.audio, audio, this.handlers.blocked);
    setAttribute(this.root, "data-audio", microphoneOn ? "on" : "off");
    setAttribute(this.root, "data-video", cameraOn && video ? "on" : "off");
    if (this.participant.screen) return;
    const words = [microphoneOn ? "" : "microphone off", cameraOn ? "" : "camera off"].filter((word) => word !== "");
    setText(this.state, words.length > 0 ? `, ${words.join(", ")}` : "");
  }

  /** What it shows, in words. */
  private get title(): string {
    const { name, screen } = this.participant;
    return screen ? `${name}'s screen` : name;
  }

  /** Its place on the stage, in CSS pixels; what the picture needs is asked for by it. */
  place({ width, height }: Box, large: boolean): void {
    if (large !== this.root.hasAttribute("data-large")) setAttribute(this.root, "data-large", large);
    const visible = this.inSight && document.visibilityState === "visible";
    const pixels = window.devicePixelRatio || 1;
    this.participant.show({ width: width * pixels, height: height * pixels, visible, prominent: large });
  }

  showPin(possible: boolean, pinned: boolean): void {
    show(this.pin, possible);
    const name = this.title;
    setAttribute(this.pin, "aria-label", `Show ${name} large`);
    setAttribute(this.pin, "aria-pressed", String(pinned));
    setAttribute(this.pin, "title", pinned ? "Let who speaks be large" : `Show ${name} large`);
  }

  showFigures(shown: boolean): void {
    if (shown === (this.figures !== undefined)) return;
    this.figures?.root.remove();
    this.figures = shown ? new FiguresPanel(this.title) : undefined;
    if (this.figures) this.pin.before(this.figures.root);
    void this.refreshFigures();
  }

  async refreshFigures(): Promise<void> {
    if (!this.figures || !this.inSight) return;
    // A connection that goes away under the question has none.
    const figures = await this.participant.figures().catch(() => undefined);
    this.figures?.show(figures);
  }

  showLevel(nowMs: number): void {
    if (this.participant.microphoneOn && this.participant.level() > talkThreshold) this.lastLoudMs = nowMs;
    const talking = this.participant.microphoneOn && nowMs - this.lastLoudMs < talkHoldMs;
    if (talking !== this.root.hasAttribute("data-talking")) setAttribute(this.root, "data-talking", talking);
  }

  /** Called from a click, when the browser lets sound begin. */
  unblock(): void {
    void this.audio?.play().catch(() => {});
  }

  close(): void {
    this.video.srcObject = null;
    if (this.audio) this.audio.srcObject = null;
    this.root.remove();
  }
}

/** True if the element got another track, or lost its own. */
function play(media: HTMLMediaElement, track: MediaStreamTrack | undefined, onBlocked: () => void): boolean {
  const current = (media.srcObject as MediaStream | null)?.getTracks()[0];
  if (current === track) return false;
  media.srcObject = track ? new MediaStream([track]) : null;
  if (!track) return true;
  media.play().catch((error: unknown) => {
    // Replaced or removed while starting is no refusal.
    if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked();
  });
  return true;
}
