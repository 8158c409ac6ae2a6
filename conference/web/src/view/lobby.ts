// Before a call: see and hear oneself, choose devices, enter a name.

import { LevelMeter } from "../level";
import type { DeviceSource, LocalMedia } from "../media";
import { nameProblem } from "../names";
import type { Control } from "./call_page";
import { element, setAttribute, setText, show } from "./dom";
import { brand, problemBox } from "./frame";
import { icon } from "./icons";

export class Lobby {
  readonly root: HTMLElement;
  private readonly meter = new LevelMeter();
  private readonly video = element("video", {
    autoplay: true,
    playsinline: true,
    "aria-label": "Your camera's picture",
  });
  private readonly pictureText = element("p", {}, ["Opening the camera…"]);
  private readonly problems = element("div", { class: "field" });
  private readonly bar = element("div");
  private readonly toggles: Record<DeviceSource, HTMLButtonElement>;
  private readonly selects: Record<DeviceSource, HTMLSelectElement>;
  private readonly unsubscribe = new AbortController();
  private frame = 0;

  constructor(
    private readonly media: LocalMedia,
    options: { room: string; name: string; problem: string | undefined; join: (name: string) => void },
  ) {
    this.video.muted = true;
    this.toggles = {
      microphone: this.toggle("microphone", "M"),
      camera: this.toggle("camera", "V"),
    };
    this.selects = { microphone: this.select("microphone"), camera: this.select("camera") };
    this.root = element("div", { class: "entry" }, [
      element("header", {}, [brand()]),
      element("main", { class: "with-lobby" }, [
        element("div", { class: "lobby" }, [this.preview(), this.form(options), this.devices()]),
      ]),
    ]);
    const { signal } = this.unsubscribe;
    media.addEventListener("change", () => this.refresh(), { signal });
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.listDevices(), { signal });
    void media.open();
    this.refresh();
    this.drawLevel();
  }

  close(): void {
    this.unsubscribe.abort();
    cancelAnimationFrame(this.frame);
    this.meter.close();
    this.video.srcObject = null;
  }

  press(source: Control): void {
    if (source !== "microphone" && source !== "camera") return;
    const on = source === "microphone" ? this.media.microphoneOn : this.media.cameraOn;
    void (source === "microphone" ? this.media.setMicrophone(!on) : this.media.setCamera(!on));
  }

  private preview(): HTMLElement {
    const toggles = element("div", { class: "toggles" }, [this.toggles.microphone, this.toggles.camera]);
    const level = element("div", { class: "level", "aria-hidden": "true" }, [
      icon("microphone"),
      element("div", { class: "meter" }, [this.bar]),
    ]);
    return element("section", { class: "preview", "aria-label": "Preview" }, [
      element("div", { class: "picture" }, [this.pictureText, this.video, toggles]),
      level,
    ]);
  }

  private form(options: {
    room: string;
    name: string;
    problem: string | undefined;
    join: (name: string) => void;
  }): HTMLElement {
    const name = element("input", { id: "name", name: "name", autocomplete: "name", maxlength: "64" });
    name.value = options.name;
    const wrong = element("p", { id: "name-problem", class: "problem", role: "alert", hidden: true });
    name.setAttribute("aria-describedby", "name-problem");
    const form = element("form", { novalidate: true }, [
      element("div", { class: "field" }, [element("label", { for: "name" }, ["Your name"]), name, wrong]),
      this.problems,
      element("button", { class: "button primary wide", type: "submit" }, ["Join the call"]),
    ]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const problem = nameProblem(name.value);
      setText(wrong, problem ?? "");
      show(wrong, problem !== undefined);
      setAttribute(name, "aria-invalid", problem === undefined ? undefined : "true");
      if (problem === undefined) options.join(name.value.trim());
      else name.focus();
    });
    const head = element("div", {}, [
      element("h1", { class: "room-name" }, [options.room]),
      element("p", { class: "lead" }, ["Check how you look and sound, then join."]),
    ]);
    const before = options.problem === undefined ? [] : [problemBox(options.problem)];
    return element("div", { class: "card" }, [head, ...before, form]);
  }

  private devices(): HTMLElement {
    return element("section", { class: "devices", "aria-label": "Devices" }, [
      this.deviceField("microphone", "Microphone"),
      this.deviceField("camera", "Camera"),
    ]);
  }

  private deviceField(source: DeviceSource, words: string): HTMLElement {
    const id = `choose-${source}`;
    this.selects[source].id = id;
    return element("div", { class: "field" }, [element("label", { for: id }, [words]), this.selects[source]]);
  }

  private select(source: DeviceSource): HTMLSelectElement {
    const select = element("select");
    select.addEventListener("change", () => void this.media.choose(source, select.value));
    return select;
  }

  private toggle(source: DeviceSource, key: string): HTMLButtonElement {
    const button = element("button", { class: "button round", type: "button", "aria-keyshortcuts": key });
    button.dataset.control = source;
    button.addEventListener("click", () => this.press(source));
    return button;
  }

  private refresh(): void {
    const { media } = this;
    this.showToggle("microphone", media.microphoneOn && media.audio !== undefined);
    this.showToggle("camera", media.cameraOn && media.video !== undefined);
    const shown = media.video;
    const current = (this.video.srcObject as MediaStream | null)?.getVideoTracks()[0];
    if (shown !== current) this.video.srcObject = shown ? new MediaStream([shown]) : null;
    show(this.video, shown !== undefined);
    if (!media.cameraOn) setText(this.pictureText, "Your camera is off");
    else if (media.problem.camera) setText(this.pictureText, "No picture from the camera");
    this.meter.follow(media.audio);
    const texts = [media.problem.microphone, media.problem.camera].filter((text) => text !== undefined);
    if (texts.join() !== this.problems.dataset.texts) {
      this.problems.dataset.texts = texts.join();
      this.problems.replaceChildren(...texts.map(problemBox));
      if (texts.length > 0) {
        this.problems.append(
          element("p", { class: "hint" }, ["You can join without: you will see and hear the others."]),
        );
      }
    }
    show(this.problems, texts.length > 0);
    void this.listDevices();
  }

  private showToggle(source: DeviceSource, on: boolean): void {
    const button = this.toggles[source];
    const words = on ? `Turn ${source} off` : `Turn ${source} on`;
    if (button.getAttribute("aria-label") === words) return;
    button.setAttribute("aria-label", words);
    button.title = words;
    button.classList.toggle("off", !on);
    button.replaceChildren(icon(on ? source : `${source}Off`));
  }

  private async listDevices(): Promise<void> {
    const { microphones, cameras } = await this.media.devices();
    fill(this.selects.microphone, microphones, this.media.audio, "No microphone");
    fill(this.selects.camera, cameras, this.media.video, "No camera");
  }

  private drawLevel(): void {
    this.bar.style.setProperty("--level", this.meter.read().toFixed(2));
    this.frame = requestAnimationFrame(() => this.drawLevel());
  }
}

function fill(
  select: HTMLSelectElement,
  devices: readonly MediaDeviceInfo[],
  track: MediaStreamTrack | undefined,
  none: string,
): void {
  const selected = track?.getSettings().deviceId ?? select.value;
  const options = devices.map(({ deviceId, label }) =>
    element("option", { value: deviceId }, [label || "Unnamed device"]),
  );
  select.replaceChildren(...(options.length > 0 ? options : [element("option", { value: "" }, [none])]));
  select.disabled = options.length === 0;
  if (devices.some(({ deviceId }) => deviceId === selected)) select.value = selected;
}
