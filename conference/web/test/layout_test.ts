import assert from "node:assert/strict";
import { test } from "node:test";
import { bestGrid, speakerView } from "../src/layout";

const stages: [string, number, number][] = [
  ["a phone", 344, 600],
  ["a tablet", 745, 890],
  ["a laptop", 1408, 760],
  ["a very wide screen", 3400, 1300],
];

test("Tiles of 1 to 25 participants fit the stage, and every participant has a place", () => {
  for (const [what, width, height] of stages) {
    for (let count = 1; count <= 25; ++count) {
      const grid = bestGrid(count, width, height, 10);
      assert.ok(grid.columns * grid.rows >= count, `${what}, ${count}`);
      assert.ok(grid.columns * (grid.rows - 1) < count, `${what}, ${count}: no empty row`);
      assert.ok(grid.columns * grid.width + (grid.columns - 1) * 10 <= width, `${what}, ${count}: width`);
      assert.ok(grid.rows * grid.height + (grid.rows - 1) * 10 <= height, `${what}, ${count}: height`);
    }
  }
});

test("The stage is filled at least to a half", () => {
  for (const [what, width, height] of stages) {
    for (let count = 1; count <= 25; ++count) {
      const grid = bestGrid(count, width, height, 10);
      const share = (count * grid.width * grid.height) / (width * height);
      assert.ok(share > 0.5, `${what}, ${count}: ${share}`);
    }
  }
});

test("Two sit side by side on a laptop and one above the other on a phone", () => {
  assert.equal(bestGrid(2, 1408, 760, 10).columns, 2);
  assert.equal(bestGrid(2, 344, 600, 10).columns, 1);
});

test("Four make a square, nine make three by three", () => {
  for (const [, width, height] of stages.slice(0, 3)) assert.equal(bestGrid(4, width, height, 10).columns, 2);
  for (const [, width, height] of stages.slice(1, 3)) {
    assert.equal(bestGrid(9, width, height, 10).columns, 3);
  }
});

test("A stage without room gives tiles without size, never negative ones", () => {
  for (const count of [1, 2, 25]) {
    const { width, height } = bestGrid(count, 20, 0, 10);
    assert.ok(width >= 0 && height >= 0);
  }
});

test("In the speaker view the large tile and its strip fit side by side, or one above the other", () => {
  for (const [what, width, height] of stages) {
    for (let others = 1; others <= 25; ++others) {
      const { strip, large, small, scrolls } = speakerView(others, width, height, 10);
      const beside = strip === "beside";
      const bar = scrolls ? 12 : 0; // At least as wide as browsers make it.
      assert.equal(beside, width >= height, what);
      assert.ok(large.width + (beside ? small.width + 10 + bar : 0) <= width, `${what}, ${others}: width`);
      assert.ok(large.height + (beside ? 0 : small.height + 10 + bar) <= height, `${what}, ${others}: height`);
      const long = others * ((beside ? small.height : small.width) + 10);
      assert.ok(scrolls || long <= (beside ? height : width), `${what}, ${others}: a strip that is too long scrolls`);
      assert.ok(small.width > 100 && small.height >= 72, `${what}, ${others}: ${JSON.stringify(small)}`);
      assert.ok(large.width * large.height > 4 * small.width * small.height, `${what}, ${others}: large is large`);
    }
  }
});

test("A strip shows as many as fit before it scrolls", () => {
  const { small } = speakerView(8, 1408, 760, 10);
  assert.ok(8 * (small.height + 10) <= 760, JSON.stringify(small));
  assert.deepEqual(speakerView(30, 1408, 760, 10).small, { width: 128, height: 72 });
});

test("A stage without room gives no negative sizes in the speaker view either", () => {
  for (const [width, height] of [
    [0, 0],
    [40, 20],
    [20, 40],
  ] as const) {
    const { large, small } = speakerView(3, width, height, 10);
    assert.ok(Math.min(large.width, large.height, small.width, small.height) >= 0);
  }
});
