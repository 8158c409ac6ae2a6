// The grid of tiles: keeps one per participant, sizes them so that the window is filled well, marks who talks.

import { bestGrid } from "../layout";
import type { Participant } from "../participant";
import { element } from "./dom";
import { Tile } from "./tile";

const levelEveryMs = 150;

export class Stage {
  readonly root = element("main", { class: "stage", "aria-label": "Participants" });
  private readonly tiles = new Map<Participant, Tile>();
  private readonly resize = new ResizeObserver(() => this.arrange());
  private readonly levels = setInterval(() => this.showLevels(), levelEveryMs);

  constructor(private readonly onBlocked: () => void) {
    this.resize.observe(this.root);
  }

  show(participants: readonly Participant[]): void {
    const present = new Set(participants);
    for (const [participant, tile] of this.tiles) {
      if (present.has(participant)) continue;
      tile.close();
      this.tiles.delete(participant);
    }
    for (const participant of participants) {
      const tile = this.tiles.get(participant);
      if (tile) tile.update();
      else this.add(participant);
    }
    this.arrange();
  }

  unblock(): void {
    for (const tile of this.tiles.values()) tile.unblock();
  }

  close(): void {
    clearInterval(this.levels);
    this.resize.disconnect();
    for (const tile of this.tiles.values()) tile.close();
    this.tiles.clear();
  }

  private add(participant: Participant): void {
    const tile = new Tile(participant, this.onBlocked);
    this.tiles.set(participant, tile);
    this.root.append(tile.root);
  }

  private arrange(): void {
    const { clientWidth, clientHeight } = this.root;
    const gap = Number.parseFloat(getComputedStyle(this.root).columnGap) || 0;
    const grid = bestGrid(Math.max(1, this.tiles.size), clientWidth, clientHeight, gap);
    this.root.style.setProperty("--tile-width", `${grid.width}px`);
    this.root.style.setProperty("--tile-height", `${grid.height}px`);
  }

  private showLevels(): void {
    const nowMs = performance.now();
    for (const tile of this.tiles.values()) tile.showLevel(nowMs);
  }
}
