// What is asked of the server for one picture of somebody else: the lowest layer that looks sharp in its tile, half the
// frames of it where the tile is tiny, nothing while nobody sees it, and before others where it matters most. It asks seldom: what changes within a moment goes
// together, and sizes that swing around a border do not swing the layers.

import type { Size } from "./encodings";
import type { Requests } from "./protocol";

/** How a picture is shown, in pixels of the device. */
export interface Shown extends Size {
  visible: boolean;
  /** Whom everybody looks at. */
  prominent: boolean;
}

/** A layer may be enlarged this much before the next is asked for; so much less or more before it is left again. */
const enlargement = 1.25;
const slack = 1.12;
/** Changes of size and prominence wait for each other. */
const settleMs = 250;
/** Out of sight for so long means it: who only scrolls past, or looks at another tab for a moment, loses nothing. */
const hideAfterMs = 1_000;
const tinyScale = 0.6;
/** Of three temporal layers the two lower ones are every other frame. */
const halfOfFrames = 1;
const ordinary = 1;
const prominent = 10;

/** The layer for a picture that fills a tile, parts of it cut off. `current` is what is asked for now. */
export function layerFor(layers: readonly Size[], tile: Size, current: number | undefined): number {
  const enlarged = (index: number) => {
    const layer = layers[index];
    return layer ? Math.max(tile.width / layer.width, tile.height / layer.height) : 0;
  };
  const highest = Math.max(0, layers.length - 1);
  const firstWithin = (limit: number) => {
    for (let index = 0; index < highest; ++index) if (enlarged(index) <= limit) return index;
    return highest;
  };
  if (current === undefined || current > highest) return firstWithin(enlargement);
  if (enlarged(current) > enlargement * slack) return Math.max(current, firstWithin(enlargement));
  return Math.min(current, firstWithin(enlargement / slack));
}

/** Whether the tile is so small, compared with the lowest layer, that half the frames are enough. `current`: what is now. */
export function isTiny(layers: readonly Size[], tile: Size, current: boolean): boolean {
  const [lowest] = layers;
  if (!lowest) return false;
  const scale = Math.max(tile.width / lowest.width, tile.height / lowest.height);
  return scale <= (current ? tinyScale * slack : tinyScale);
}

interface Wanted {
  spatialLayer: number;
  tiny: boolean;
}

type Method = "consumerReady" | "pauseConsumer" | "resumeConsumer" | "setLayers" | "setPriority";

export class Demand {
  private shown: Shown | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dueMs = 0;
  private ready = false;
  /** What the server was told last. */
  private flowing = false;
  private wanted: Wanted | undefined;
  private priority = ordinary;

  /** `layers` may be empty: then the size is not asked for. */
  constructor(
    private readonly consumerId: string,
    private readonly layers: readonly Size[],
    private readonly ask: <M extends Method>(method: M, data: Requests[M]["data"]) => void,
  ) {}

  show(shown: Shown): void {
    this.shown = shown;
    if (!this.differs()) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else if (shown.visible && !this.flowing) {
      this.apply();
    } else {
      this.applyWithin(shown.visible ? settleMs : hideAfterMs);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private applyWithin(ms: number): void {
    const dueMs = performance.now() + ms;
    if (this.timer !== undefined && this.dueMs <= dueMs) return;
    clearTimeout(this.timer);
    this.dueMs = dueMs;
    this.timer = setTimeout(() => this.apply(), ms);
  }

  private differs(): boolean {
    const { shown } = this;
    if (!shown) return false;
    if (shown.visible !== this.flowing) return true;
    return shown.visible && (!isSame(this.wantedOf(shown), this.wanted) || priorityOf(shown) !== this.priority);
  }

  private wantedOf(shown: Shown): Wanted | undefined {
    const { layers, wanted } = this;
    if (layers.length <= 1) return undefined;
    return {
      spatialLayer: layerFor(layers, shown, wanted?.spatialLayer),
      tiny: isTiny(layers, shown, wanted?.tiny ?? false),
    };
  }

  private apply(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { shown, consumerId } = this;
    if (!shown) return;
    if (!shown.visible) {
      if (this.flowing) this.ask("pauseConsumer", { consumerId });
      this.flowing = false;
      return;
    }
    const wanted = this.wantedOf(shown);
    if (wanted && !isSame(wanted, this.wanted)) {
      const { spatialLayer, tiny } = wanted;
      this.ask("setLayers", { consumerId, spatialLayer, ...(tiny ? { temporalLayer: halfOfFrames } : {}) });
    }
    this.wanted = wanted;
    const priority = priorityOf(shown);
    if (priority !== this.priority) this.ask("setPriority", { consumerId, priority });
    this.priority = priority;
    // Last, so that the first frame is of the right layer already.
    if (!this.flowing) this.ask(this.ready ? "resumeConsumer" : "consumerReady", { consumerId });
    this.flowing = this.ready = true;
  }
}

function isSame(one: Wanted | undefined, other: Wanted | undefined): boolean {
  return one?.spatialLayer === other?.spatialLayer && one?.tiny === other?.tiny;
}

function priorityOf(shown: Shown): number {
  return shown.prominent ? prominent : ordinary;
}
