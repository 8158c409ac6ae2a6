// A call as the page sees it: who is there, how it stands, and joining again by itself for as long as it takes.
// "change" is sent whenever something that is shown has changed.

import type { LocalMedia } from "./media";
import type { Participant } from "./participant";
import { type EndReason, type Identity, Session } from "./session";
import { RequestError } from "./signalling";

export type CallState = "joining" | "joined" | "reconnecting" | "left" | "refused";

/** Waits between attempts to join: at once, then slower and slower. */
const backOffMs = [0, 500, 1_000, 2_000, 4_000, 8_000];
/** A stay in the room that lasted so long was a good one: the waits begin anew. */
const steadyMs = 5_000;
/** How long somebody may be away without a word about it: for a reload, and after a break that hit us as well. */
const reloadMs = 1_500;
const rejoinMs = 8_000;
/** After a reload the server may still hold our name for a moment. */
const nameTakenAttempts = 2;

const rejoining: Record<EndReason, string> = {
  connection: "Connection lost, trying again…",
  media: "The media connection was lost, rejoining…",
  worker: "The media server was restarted, rejoining…",
};

/** Answers that no further attempt would change. */
const finalCodes = new Set([
  "invalidField",
  "invalidName",
  "invalidRoom",
  "nameTaken",
  "roomFull",
  "serverFull",
  "unsupported",
  "version",
]);

export class Call extends EventTarget {
  state: CallState = "joining";
  /** What the participant should know now, or "". */
  statusText = "Joining…";
  /** Why the server does not let us in, in the state "refused". */
  refusal = "";
  private session: Session | undefined;
  private readonly self: Participant;
  private others: Participant[] = [];
  /** Who has the floor, ourselves perhaps. */
  speaker: Participant | undefined;
  private rejoinKey: string | undefined;
  private readonly leaving = new Map<string, ReturnType<typeof setTimeout>>();
  private wake: () => void = () => {};
  private endStay: (reason: EndReason) => void = () => {};
  private readonly mediaChanged = () => this.showSelf();

  constructor(
    readonly room: string,
    readonly name: string,
    readonly media: LocalMedia,
    private readonly notify: (text: string) => void,
  ) {
    super();
    this.self = newParticipant(name, { self: true });
    this.self.figures = async () => this.session?.figures();
    media.addEventListener("change", this.mediaChanged);
    this.showSelf();
    void this.run();
  }

  /** With the screens that others share. */
  get participants(): readonly Participant[] {
    return [this.self, ...this.others];
  }

  /** For the meter of our own voice, which the view owns. */
  setOwnLevel(level: () => number): void {
    this.self.level = level;
  }

  leave(): void {
    this.state = "left";
    this.media.removeEventListener("change", this.mediaChanged);
    this.session?.close();
    this.endStay("connection");
    this.wake();
  }

  private async run(): Promise<void> {
    const online = () => this.wake();
    window.addEventListener("online", online);
    for (let attempt = 0; this.going(); ++attempt) {
      await this.wait(backOffMs[Math.min(attempt, backOffMs.length - 1)] ?? 0);
      if (!this.going()) break;
      try {
        const joinedMs = performance.now();
        const reason = await this.stay();
        // What fails again at once must not be tried again at once, for ever.
        if (performance.now() - joinedMs > steadyMs) attempt = -1;
        this.setState("reconnecting", rejoining[reason]);
      } catch (error) {
        this.failed(error, attempt);
      }
    }
    window.removeEventListener("online", online);
  }

  private going(): boolean {
    return this.state !== "left" && this.state !== "refused";
  }

  /** One session from joining to its end. */
  private async stay(): Promise<EndReason> {
    const ended = new Promise<EndReason>((resolve) => {
      this.endStay = resolve;
    });
    const session = await Session.join(this.identity(), this.media, {
      changed: () => this.showOthers(),
      peerJoined: (name) => this.came(name),
      peerLeft: (name) => this.mayReturn(name, reloadMs),
      notice: this.notify,
      trouble: (text) => this.setState(text === "" ? "joined" : "reconnecting", text),
      ended: this.endStay,
    });
    this.session = session;
    this.rejoinKey = session.rejoinKey;
    if (this.state === "left") session.close();
    const present = new Set([...session.peers.values()].map(({ name }) => name));
    for (const { name, screen } of this.others) if (!screen && !present.has(name)) this.mayReturn(name, rejoinMs);
    this.setState("joined", "");
    this.showOthers();
    const reason = await ended;
    this.session = undefined;
    return reason;
  }

  /** Somebody went. Who is back soon has reloaded or lost the network: nothing that the others need be told. */
  private mayReturn(name: string, withinMs: number): void {
    const timer = setTimeout(() => {
      this.leaving.delete(name);
      if (this.going()) this.notify(`${name} left`);
    }, withinMs);
    this.leaving.set(name, timer);
  }

  private came(name: string): void {
    const timer = this.leaving.get(name);
    clearTimeout(timer);
    if (!this.leaving.delete(name)) this.notify(`${name} joined`);
  }

  private identity(): Identity {
    const { room, name, rejoinKey } = this;
    return { room, name, ...(rejoinKey ? { rejoinKey } : {}) };
  }

  /** Tells what passes from what does not. */
  private failed(error: unknown, attempt: number): void {
    if (!this.going()) return;
    const code = error instanceof RequestError ? error.code : "";
    if (code === "nameTaken" && (this.rejoinKey || attempt < nameTakenAttempts)) return;
    if (error instanceof RequestError && finalCodes.has(code)) {
      this.refuse(error.message);
    } else if (error instanceof Error && error.name === "UnsupportedError") {
      this.refuse("This browser has no video calls that Sluice knows. Please try a current Chrome, Firefox or Safari.");
    } else {
      this.setState("reconnecting", "The server cannot be reached, trying again…");
    }
  }

  private refuse(text: string): void {
    this.refusal = text;
    this.media.removeEventListener("change", this.mediaChanged);
    this.setState("refused", "");
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private setState(state: CallState, text: string): void {
    if (this.state === "left") return;
    this.state = state;
    this.statusText = text;
    this.changed();
  }

  private showSelf(): void {
    const { self, media } = this;
    self.video = media.video;
    self.cameraOn = media.cameraOn && media.video !== undefined;
    self.microphoneOn = media.microphoneOn && media.audio !== undefined;
    this.changed();
  }

  /** People keep their tile over a rejoin: those whom the session does not know any more go, by name. */
  private showOthers(): void {
    const { session } = this;
    if (!session) return;
    const before = this.others;
    const again = (name: string, screen: boolean) => {
      const old = before.find((participant) => participant.name === name && participant.screen === screen);
      return Object.assign(old ?? newParticipant(name, { screen }), silent());
    };
    const byId = new Map<string, Participant>();
    const screens = new Map<string, Participant>();
    for (const { peerId, name } of session.peers.values()) byId.set(peerId, again(name, false));
    for (const track of session.tracks) {
      const person = byId.get(track.peerId);
      if (!person) continue;
      if (track.source === "screen" && !screens.has(track.peerId)) screens.set(track.peerId, again(person.name, true));
      const participant = (track.source === "screen" ? screens.get(track.peerId) : undefined) ?? person;
      if (track.kind === "audio") {
        participant.audio = track.track;
        participant.microphoneOn = !track.paused;
        participant.level = track.level;
      } else {
        const { picture } = track;
        participant.video = track.track;
        participant.cameraOn = !track.paused;
        participant.show = (shown) => picture?.show(shown);
        participant.figures = async () => picture?.figures();
      }
    }
    this.others = [...byId.values(), ...screens.values()];
    const { speakerId } = session;
    this.speaker = speakerId === session.peerId ? this.self : byId.get(speakerId ?? "");
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function newParticipant(name: string, { self = false, screen = false }): Participant {
  return { name, self, screen, level: () => 0, ...silent() };
}

/** Of whom nothing comes. */
function silent(): Omit<Participant, "name" | "self" | "screen" | "level"> {
  const off = { audio: undefined, video: undefined, microphoneOn: false, cameraOn: false };
  return { ...off, show: nothing, figures: async () => undefined };
}

function nothing(): void {}
