// The tiles: keeps one per participant, sizes them so that the window is filled well, marks who talks. From three
// tiles on one is large, if the view is to be so: whoever was pinned, a screen that is shared, or who speaks. Each tile is told how it is
// seen, and asks for its picture by it.

import { bestGrid, speakerView } from "../layout";
import type { Participant } from "../participant";
import { Spotlight } from "../spotlight";
import { element, setAttribute } from "./dom";
import { Tile } from "./tile";

const levelEveryMs = 150;
const figuresEveryMs = 1_000;
/** With fewer, equal tiles are large enough. */
const speakerViewFrom = 3;

export type View = "speaker" | "grid";

export class Stage {
  readonly root = element("main", { class: "stage", "aria-label": "Participants" });
  private readonly tiles = new Map<Participant, Tile>();
  private participants: readonly Participant[] = [];
  private speaker: Participant | undefined;
  private pinned: Participant | undefined;
  private large: Participant | undefined;
  private readonly spotlight = new Spotlight<Participant>();
  private readonly resize = new ResizeObserver(() => this.arrange());
  private readonly sight = new IntersectionObserver((entries) => this.seen(entries));
  private readonly levels = setInterval(() => this.tick(), levelEveryMs);
  private figures: ReturnType<typeof setInterval> | undefined;
  private readonly visibilityChanged = () => this.arrange();

  constructor(
    private view: View,
    private readonly onBlocked: () => void,
  ) {
    this.resize.observe(this.root);
    document.addEventListener("visibilitychange", this.visibilityChanged);
  }

  show(participants: readonly Participant[], speaker: Participant | undefined): void {
    const present = new Set(participants);
    for (const [participant, tile] of this.tiles) if (!present.has(participant)) this.remove(participant, tile);
    for (const participant of participants) {
      const tile = this.tiles.get(participant);
      if (tile) tile.update();
      else this.add(participant);
    }
    this.participants = participants;
    this.speaker = speaker;
    this.arrange();
  }

  setView(view: View): void {
    this.view = view;
    this.pinned = undefined;
    this.arrange();
  }

  setFigures(shown: boolean): void {
    clearInterval(this.figures);
    this.figures = shown ? setInterval(() => this.refreshFigures(), figuresEveryMs) : undefined;
    for (const tile of this.tiles.values()) tile.showFigures(shown);
  }

  unblock(): void {
    for (const tile of this.tiles.values()) tile.unblock();
  }

  close(): void {
    clearInterval(this.levels);
    clearInterval(this.figures);
    document.removeEventListener("visibilitychange", this.visibilityChanged);
    this.resize.disconnect();
    this.sight.disconnect();
    for (const tile of this.tiles.values()) tile.close();
    this.tiles.clear();
  }

  private add(participant: Participant): void {
    const tile = new Tile(participant, { blocked: this.onBlocked, pin: (who) => this.togglePin(who) });
    this.tiles.set(participant, tile);
    this.root.append(tile.root);
    this.sight.observe(tile.root);
    tile.showFigures(this.figures !== undefined);
  }

  private remove(participant: Participant, tile: Tile): void {
    this.sight.unobserve(tile.root);
    tile.close();
    this.tiles.delete(participant);
    if (participant === this.pinned) this.pinned = undefined;
  }

  private togglePin(participant: Participant): void {
    this.pinned = this.pinned === participant ? undefined : participant;
    this.arrange();
  }

  private seen(entries: IntersectionObserverEntry[]): void {
    const byRoot = new Map([...this.tiles.values()].map((tile) => [tile.root as Element, tile]));
    for (const { target, isIntersecting } of entries) {
      const tile = byRoot.get(target);
      if (tile) tile.inSight = isIntersecting;
    }
    this.arrange();
  }

  private chooseLarge(): Participant | undefined {
    const { participants, speaker, pinned } = this;
    const wanted = pinned ?? participants.filter(({ screen }) => screen).at(-1);
    if (participants.length < speakerViewFrom || (this.view === "grid" && !wanted)) return undefined;
    const others = participants.filter(({ self }) => !self);
    return this.spotlight.choose({ others, speaker, pinned: wanted }, performance.now());
  }

  private arrange(): void {
    this.large = this.chooseLarge();
    setAttribute(this.root, "data-view", this.large ? "speaker" : "grid");
    if (this.large) this.arrangeSpeakerView();
    else this.arrangeGrid();
    const pins = this.participants.length >= speakerViewFrom;
    for (const [participant, tile] of this.tiles) {
      tile.showPin(pins && !participant.self, participant === this.pinned);
    }
  }

  private arrangeGrid(): void {
    const { width, height, gap } = this.measure();
    const grid = bestGrid(Math.max(1, this.tiles.size), width, height, gap);
    this.setLengths({ "--tile-width": grid.width, "--tile-height": grid.height });
    setAttribute(this.root, "data-scrolls", false);
    for (const tile of this.tiles.values()) tile.place(grid, false);
  }

  private arrangeSpeakerView(): void {
    const { width, height, gap } = this.measure();
    const others = this.tiles.size - 1;
    const { strip, large, small, scrolls } = speakerView(others, width, height, gap);
    setAttribute(this.root, "data-strip", strip);
    setAttribute(this.root, "data-scrolls", scrolls);
    this.setLengths({
      "--tile-width": small.width,
      "--tile-height": small.height,
      "--large-width": large.width,
      "--large-height": large.height,
      "--inset": strip === "beside" ? (height - large.height) / 2 : (width - large.width) / 2,
    });
    this.root.style.setProperty("--others", String(others));
    for (const [participant, tile] of this.tiles) {
      const isLarge = participant === this.large;
      tile.place(isLarge ? large : small, isLarge);
    }
  }

  /** Without regard to a bar for scrolling, whose coming and going would change it. */
  private measure(): { width: number; height: number; gap: number } {
    const { offsetWidth, offsetHeight } = this.root;
    const gap = Number.parseFloat(getComputedStyle(this.root).columnGap) || 0;
    return { width: offsetWidth, height: offsetHeight, gap };
  }

  private setLengths(lengths: Record<string, number>): void {
    for (const [name, value] of Object.entries(lengths)) this.root.style.setProperty(name, `${value}px`);
  }

  private tick(): void {
    const nowMs = performance.now();
    for (const tile of this.tiles.values()) tile.showLevel(nowMs);
    // Who speaks may have waited for the place.
    if (this.chooseLarge() !== this.large) this.arrange();
  }

  private refreshFigures(): void {
    if (document.visibilityState !== "visible") return;
    for (const tile of this.tiles.values()) void tile.refreshFigures();
  }
}
