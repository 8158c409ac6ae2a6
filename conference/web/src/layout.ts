// How tiles fill a stage: equal ones in a grid, or one that is large and the others in a strip beside it. Pure: sizes in
// CSS pixels, whole ones out.

export interface Grid {
  columns: number;
  rows: number;
  /** Size of one tile, whole pixels. */
  width: number;
  height: number;
}

/** What a tile may look like. Cropping a face a little beats empty space, on an upright phone more so than elsewhere. */
interface Shape {
  narrowest: number;
  widest: number;
  /** The aspect to come close to. */
  natural: number;
}

const landscape: Shape = { narrowest: 4 / 3, widest: 16 / 9, natural: 16 / 9 };
const portrait: Shape = { narrowest: 3 / 4, widest: 16 / 9, natural: 1 };

/** Of all column counts the one whose tiles show most of a natural picture. `count` >= 1. */
export function bestGrid(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: count, width: 0, height: 0 };
  let bestScore = -1;
  const shape = width >= height ? landscape : portrait;
  for (let columns = 1; columns <= count; ++columns) {
    const rows = Math.ceil(count / columns);
    const grid = fit(columns, rows, width, height, gap, shape);
    const empty = columns * rows - count;
    const shown = shownArea(grid, shape);
    // A row that is not full looks worse than slightly smaller tiles do.
    const score = shown * (1 - (0.15 * empty) / (columns * rows));
    if (score > bestScore) {
      bestScore = score;
      best = grid;
    }
  }
  return best;
}

export interface Box {
  width: number;
  height: number;
}

export interface SpeakerView {
  /** Where the strip is: beside the large tile, or under it. */
  strip: "beside" | "under";
  large: Box;
  small: Box;
  /** The strip is longer than the stage. */
  scrolls: boolean;
}

/** A strip takes a fifth of the stage, within these bounds; when it is too long its tiles shrink, and then it scrolls. */
const stripShare = 0.2;
const smallest = { beside: 128, under: 104 }; // The width of a tile.
const largest = { beside: 320, under: 240 };
/** Room for the bar of a strip that scrolls. */
const scrollBar = 12;

/** `others` >= 1: how many besides the large one. */
export function speakerView(others: number, width: number, height: number, gap: number): SpeakerView {
  return width >= height ? stripBeside(others, width, height, gap) : stripUnder(others, width, height, gap);
}

function stripBeside(others: number, width: number, height: number, gap: number): SpeakerView {
  const fitting = ((height - gap * others) / others) * landscape.natural;
  const small = smallBox("beside", Math.min(width * stripShare, fitting), landscape.natural);
  const scrolls = others * (small.height + gap) > height;
  const bar = scrolls ? scrollBar : 0;
  const { width: w, height: h } = fit(1, 1, width - small.width - gap - bar, height, 0, landscape);
  return { strip: "beside", large: { width: w, height: h }, small, scrolls };
}

function stripUnder(others: number, width: number, height: number, gap: number): SpeakerView {
  const aspect = landscape.narrowest;
  const fitting = (width - gap * (others + 1)) / others;
  const small = smallBox("under", Math.min(height * stripShare * aspect, fitting), aspect);
  const scrolls = others * (small.width + gap) + gap > width;
  const bar = scrolls ? scrollBar : 0;
  const { width: w, height: h } = fit(1, 1, width, height - small.height - gap - bar, 0, portrait);
  return { strip: "under", large: { width: w, height: h }, small, scrolls };
}

function smallBox(strip: SpeakerView["strip"], wanted: number, aspect: number): Box {
  const width = Math.floor(Math.min(Math.max(wanted, smallest[strip]), largest[strip]));
  return { width, height: Math.floor(width / aspect) };
}

function fit(columns: number, rows: number, width: number, height: number, gap: number, shape: Shape): Grid {
  let w = Math.max(0, (width - gap * (columns - 1)) / columns);
  let h = Math.max(0, (height - gap * (rows - 1)) / rows);
  if (w > h * shape.widest) w = h * shape.widest;
  if (h > w / shape.narrowest) h = w / shape.narrowest;
  return { columns, rows, width: Math.floor(w), height: Math.floor(h) };
}

/** Size at which a natural picture appears in the tile, times the share of it that is not cropped away. */
function shownArea({ width, height }: Grid, { natural }: Shape): number {
  if (width === 0 || height === 0) return 0;
  const aspect = width / height;
  const visible = Math.min(aspect / natural, natural / aspect);
  return width * height * Math.sqrt(visible);
}
