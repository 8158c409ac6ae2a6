import assert from "node:assert/strict";
import { test } from "node:test";
import { bestGrid } from "../src/layout";

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
