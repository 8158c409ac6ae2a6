// The page of a running call: head line, banners, stage, controls.

import type { Call } from "../call";
import { LevelMeter } from "../level";
import type { Source } from "../media";
import { element, setText, show } from "./dom";
import { type IconName, icon, logo } from "./icons";
import { notify } from "./notices";
import { Stage } from "./stage";

export class CallPage {
  readonly root: HTMLElement;
  private readonly stage = new Stage(() => show(this.soundBanner, true));
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
    this.buttons = { microphone: this.sourceButton("microphone", "M"), camera: this.sourceButton("camera", "V") };
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

  press(source: Source): void {
    const { media } = this.call;
    const on = isOn(this.call, source);
    void (source === "microphone" ? media.setMicrophone(!on) : media.setCamera(!on));
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
      share,
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
      leave,
    ]);
    return element("footer", {}, [group]);
  }

  private sourceButton(source: Source, key: string): HTMLButtonElement {
    const button = element("button", { class: "button", type: "button", "aria-keyshortcuts": key });
    button.dataset.control = source;
    button.addEventListener("click", () => this.press(source));
    return button;
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
    this.stage.show(call.participants);
    setText(this.count, String(call.participants.length));
    setText(this.statusText, call.statusText);
    show(this.statusBanner, call.statusText !== "");
    const problem = [call.media.problem.microphone, call.media.problem.camera].filter((text) => text).join(" ");
    setText(this.deviceText, problem);
    show(this.deviceBanner, problem !== "" && problem !== this.dismissed);
    setText(this.spoken, [call.statusText || "You are in the call.", problem].join(" "));
    this.showButton("microphone", "Mute", "Unmute");
    this.showButton("camera", "Camera off", "Camera on");
    document.body.dataset.muted = String(!isOn(call, "microphone"));
    document.body.dataset.camera = isOn(call, "camera") ? "on" : "off";
  }

  private showButton(source: Source, turnOff: string, turnOn: string): void {
    const on = isOn(this.call, source);
    const button = this.buttons[source];
    const text = on ? turnOff : turnOn;
    if (button.textContent === text) return;
    const name: IconName = on ? source : `${source}Off`;
    button.replaceChildren(icon(name), words(text));
    button.title = `${text} (${button.getAttribute("aria-keyshortcuts")})`;
    button.classList.toggle("off", !on);
  }
}

function isOn({ media }: Call, source: Source): boolean {
  return source === "microphone" ? media.microphoneOn && media.audio !== undefined : media.video !== undefined;
}

function words(text: string): HTMLElement {
  return element("span", { class: "words" }, [text]);
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
