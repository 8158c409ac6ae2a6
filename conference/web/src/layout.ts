// How many columns let equal tiles fill a stage best. Pure: sizes in CSS pixels in, columns and tile size out.

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
