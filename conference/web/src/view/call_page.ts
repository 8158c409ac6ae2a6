// The page of a running call: head line, banners, stage, controls.

import type { Call } from "../call";
import { LevelMeter } from "../level";
import { canShareScreen, type Source } from "../media";
import { remember, remembered } from "../remembered";
import { element, setAttribute, setText, show } from "./dom";
import { type IconName, icon, logo } from "./icons";
import { notify } from "./notices";
import { Stage, type View } from "./stage";

/** What a key or a button does. */
export type Control = Source | "view" | "figures";

export class CallPage {
  readonly root: HTMLElement;
  private view: View = remembered("view") === "grid" ? "grid" : "speaker";
  private figuresShown = false;
  private readonly stage = new Stage(this.view, () => show(this.soundBanner, true));
  private readonly viewButton = toggle("view", "G", () => this.press("view"));
  private readonly figuresButton = toggle("figures", "I", () => this.press("figures"));
  private readonly count = element("span");
  private readonly statusText = element("span");
  private readonly statusBanner = banner([spinner(), this.statusText]);
  /** The banners' words for screen readers, which notice a change of text but not an element that appears. */
  private readonly spoken = element("p", { class: "only-heard", role: "status" });
  private readonly deviceText = element("span");
  private readonly deviceBanner = this.makeDeviceBanner();
  private readonly soundBanner = this.makeSoundBanner();
  private readonly buttons: Record<Source, HTMLButtonElement>;
  private readonly unsubscribe = new AbortController();
  private readonly ownLevel = new LevelMeter();
  private dismissed = "";

  constructor(
    private readonly call: Call,
    private readonly leave: () => void,
  ) {
    this.buttons = {
      microphone: this.sourceButton("microphone", "M"),
      camera: this.sourceButton("camera", "V"),
      screen: this.sourceButton("screen", "S"),
    };
    show(this.buttons.screen, canShareScreen());
    this.root = element("div", { class: "call" }, [
      this.header(),
      element("section", { class: "banners", "aria-label": "Messages" }, [
        this.statusBanner,
        this.deviceBanner,
        this.soundBanner,
      ]),
      this.stage.root,
      this.footer(),
    ]);
    call.setOwnLevel(() => this.ownLevel.read());
    const { signal } = this.unsubscribe;
    call.addEventListener("change", () => this.refresh(), { signal });
    call.media.addEventListener("change", () => this.refresh(), { signal });
    this.refresh();
  }

  close(): void {
    this.unsubscribe.abort();
    this.stage.close();
    this.ownLevel.close();
  }

  press(control: Control): void {
    if (control === "view") this.toggleView();
    else if (control === "figures") this.toggleFigures();
    else this.toggleSource(control);
  }

  private toggleSource(source: Source): void {
    const { media } = this.call;
    const on = isOn(this.call, source);
    if (source === "microphone") void media.setMicrophone(!on);
    else if (source === "camera") void media.setCamera(!on);
    else if (canShareScreen()) void media.setScreen(!on);
  }

  private toggleView(): void {
    this.view = this.view === "grid" ? "speaker" : "grid";
    remember("view", this.view);
    this.stage.setView(this.view);
    this.refresh();
  }

  private toggleFigures(): void {
    this.figuresShown = !this.figuresShown;
    this.stage.setFigures(this.figuresShown);
    this.refresh();
  }

  private header(): HTMLElement {
    const share = element("button", { class: "button", type: "button" }, [icon("link"), words("Copy link")]);
    share.addEventListener("click", () => void copyLink(this.call.room));
    return element("header", {}, [
      logo(),
      element("h1", {}, [this.call.room]),
      element("span", { class: "count" }, [
        icon("people"),
        this.count,
        element("span", { class: "only-heard" }, ["in the call"]),
      ]),
      this.spoken,
      element("div", { class: "tools" }, [this.viewButton, this.figuresButton, share]),
    ]);
  }

  private footer(): HTMLElement {
    const leave = element("button", { class: "button danger", type: "button", "data-control": "leave" }, [
      icon("leave"),
      words("Leave"),
    ]);
    leave.addEventListener("click", this.leave);
    const group = element("div", { class: "controls", role: "group", "aria-label": "Call controls" }, [
      this.buttons.microphone,
      this.buttons.camera,
      this.buttons.screen,
      leave,
    ]);
    return element("footer", {}, [group]);
  }

  private sourceButton(source: Source, key: string): HTMLButtonElement {
    return toggle(source, key, () => this.press(source));
  }

  private makeDeviceBanner(): HTMLElement {
    const dismiss = element("button", { class: "button", type: "button" }, ["Dismiss"]);
    dismiss.addEventListener("click", () => {
      this.dismissed = this.deviceText.textContent ?? "";
      this.refresh();
    });
    return banner([icon("warning"), this.deviceText, dismiss]);
  }

  private makeSoundBanner(): HTMLElement {
    const button = element("button", { class: "button primary", type: "button" }, [icon("sound"), "Turn sound on"]);
    button.addEventListener("click", () => {
      this.stage.unblock();
      show(this.soundBanner, false);
    });
    return banner([element("span", {}, ["The browser holds the sound back until you say so."]), button]);
  }

  private refresh(): void {
    const { call } = this;
    this.ownLevel.follow(call.media.audio);
    this.stage.show(call.participants, call.speaker);
    this.showTools();
    setText(this.count, String(call.participants.filter(({ screen }) => !screen).length));
    setText(this.statusText, call.statusText);
    show(this.statusBanner, call.statusText !== "");
    const { microphone, camera, screen } = call.media.problem;
    const problem = [microphone, camera, screen].filter((text) => text).join(" ");
    setText(this.deviceText, problem);
    show(this.deviceBanner, problem !== "" && problem !== this.dismissed);
    setText(this.spoken, [call.statusText || "You are in the call.", problem].join(" "));
    this.showButton("microphone", "Mute", "Unmute");
    this.showButton("camera", "Camera off", "Camera on");
    this.showButton("screen", "Stop sharing", "Share screen");
    this.buttons.screen.classList.toggle("primary", isOn(call, "screen"));
    document.body.dataset.muted = String(!isOn(call, "microphone"));
    document.body.dataset.camera = isOn(call, "camera") ? "on" : "off";
  }

  private showTools(): void {
    const { participants } = this.call;
    // A screen is large in either view.
    show(this.viewButton, participants.length > 2 && !participants.some(({ screen }) => screen));
    const [name, text]: [IconName, string] = this.view === "grid" ? ["speaker", "Speaker view"] : ["grid", "Grid view"];
    fill(this.viewButton, name, text);
    fill(this.figuresButton, "figures", "Figures");
    setAttribute(this.figuresButton, "aria-pressed", String(this.figuresShown));
  }

  private showButton(source: Source, turnOff: string, turnOn: string): void {
    const on = isOn(this.call, source);
    const button = this.buttons[source];
    const text = on ? turnOff : turnOn;
    if (button.textContent === text) return;
    const ordinary = on || source === "screen"; // A camera that is off is to be noticed, a screen is not.
    fill(button, on === (source !== "screen") ? source : `${source}Off`, text);
    button.classList.toggle("off", !ordinary);
  }
}

function isOn({ media }: Call, source: Source): boolean {
  if (source === "screen") return media.screen !== undefined;
  return source === "microphone" ? media.microphoneOn && media.audio !== undefined : media.video !== undefined;
}

function words(text: string): HTMLElement {
  return element("span", { class: "words" }, [text]);
}

/** Its icon, words, and the key in its title. */
function fill(button: HTMLButtonElement, name: IconName, text: string): void {
  if (button.textContent === text) return;
  button.replaceChildren(icon(name), words(text));
  button.title = `${text} (${button.getAttribute("aria-keyshortcuts")})`;
}

function toggle(control: Control, key: string, press: () => void): HTMLButtonElement {
  const button = element("button", { class: "button", type: "button", "aria-keyshortcuts": key });
  button.dataset.control = control;
  button.addEventListener("click", press);
  return button;
}

function spinner(): HTMLElement {
  return element("span", { class: "spinner", "aria-hidden": "true" });
}

function banner(children: (Node | string)[]): HTMLElement {
  return element("div", { class: "banner", hidden: true }, children);
}

async function copyLink(room: string): Promise<void> {
  const link = new URL(`/r/${room}`, location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    notify("Link copied");
  } catch {
    notify(link); // No clipboard on pages that are not secure: show it instead.
  }
}
