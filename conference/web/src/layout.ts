// How many columns let equal tiles fill a stage best. Pure: sizes in CSS pixels in, columns and tile size out.

export interface Grid {
  columns: number;
  rows: number;
  /** Size of one tile, whole pixels. */
  width: number;
  height: number;
}

/** Tiles may be anything between a portrait photo and a wide film: cropping a face a little beats empty space. */
const narrowest = 3 / 4;
const widest = 16 / 9;
/** The aspect that cameras send; a tile of this shape crops nothing. */
const natural = 16 / 9;

/** Of all column counts the one whose tiles show most of a natural picture. `count` >= 1. */
export function bestGrid(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: count, width: 0, height: 0 };
  let bestScore = -1;
  for (let columns = 1; columns <= count; ++columns) {
    const rows = Math.ceil(count / columns);
    const grid = fit(columns, rows, width, height, gap);
    const empty = columns * rows - count;
    const shown = shownArea(grid);
    // A row that is not full looks worse than slightly smaller tiles do.
    const score = shown * (1 - (0.15 * empty) / (columns * rows));
    if (score > bestScore) {
      bestScore = score;
      best = grid;
    }
  }
  return best;
}

function fit(columns: number, rows: number, width: number, height: number, gap: number): Grid {
  let w = Math.max(0, (width - gap * (columns - 1)) / columns);
  let h = Math.max(0, (height - gap * (rows - 1)) / rows);
  if (w > h * widest) w = h * widest;
  if (h > w / narrowest) h = w / narrowest;
  return { columns, rows, width: Math.floor(w), height: Math.floor(h) };
}

/** Size at which a natural picture appears in the tile, times the share of it that is not cropped away. */
function shownArea({ width, height }: Grid): number {
  if (width === 0 || height === 0) return 0;
  const aspect = width / height;
  const visible = Math.min(aspect / natural, natural / aspect);
  return width * height * Math.sqrt(visible);
}
