import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Demand, isTiny, layerFor, type Shown } from "../src/demand";
import { FakeClock } from "./fake_clock";

const layers = [
  { width: 320, height: 180 },
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
];
const tile = (height: number) => ({ width: (height * 16) / 9, height });

test("A tile gets the lowest layer that is not enlarged much", () => {
  const byHeight = [60, 180, 220, 240, 360, 440, 480, 720, 2000].map((height) =>
    layerFor(layers, tile(height), undefined),
  );
  assert.deepEqual(byHeight, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
});

test("Where the picture is cut to fill the tile, the longer stretch counts", () => {
  assert.equal(layerFor(layers, { width: 200, height: 360 }, undefined), 1);
  assert.equal(layerFor(layers, { width: 640, height: 100 }, undefined), 1);
});

test("A tile that grows and shrinks a little around a border keeps its layer", () => {
  let layer = layerFor(layers, tile(222), undefined);
  const seen = new Set<number>();
  for (const height of [228, 220, 230, 222, 228, 224]) {
    layer = layerFor(layers, tile(height), layer);
    seen.add(layer);
  }
  assert.equal(seen.size, 1);
  assert.equal(layerFor(layers, tile(300), layer), 1);
  assert.equal(layerFor(layers, tile(215), 1), 1);
  assert.equal(layerFor(layers, tile(190), 1), 0);
});

test("From any layer a very different size leads to the same", () => {
  for (const current of [undefined, 0, 1, 2, 9]) {
    assert.equal(layerFor(layers, tile(100), current), 0);
    assert.equal(layerFor(layers, tile(360), current), 1);
    assert.equal(layerFor(layers, tile(1080), current), 2);
  }
});

test("Without layers to choose from there is the lowest only", () => {
  assert.equal(layerFor([], tile(720), undefined), 0);
  assert.equal(layerFor([{ width: 320, height: 180 }], tile(720), 0), 0);
});

test("A tile much smaller than the lowest layer is tiny, and stays so while its size sways a little", () => {
  assert.deepEqual(
    [60, 100, 120, 180].map((height) => isTiny(layers, tile(height), false)),
    [true, true, false, false],
  );
  assert.equal(isTiny(layers, tile(115), true), true);
  assert.equal(isTiny(layers, tile(125), true), false);
  assert.equal(isTiny([], tile(60), false), false);
});

let clock: FakeClock;
let asked: string[];

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
});
afterEach(() => clock.restore());

function demand(sizes = layers): Demand {
  return new Demand("c", sizes, (method, data) => {
    const { consumerId, ...rest } = data as { consumerId: string };
    assert.equal(consumerId, "c");
    asked.push([method, ...Object.values(rest)].join(" "));
  });
}

function shown(height: number, more: Partial<Shown> = {}): Shown {
  return { ...tile(height), visible: true, prominent: false, ...more };
}

function taken(): string[] {
  return asked.splice(0);
}

test("Of a tiny picture half the frames are asked for, and all of them again when it grows", async () => {
  const picture = demand();
  picture.show(shown(90));
  assert.deepEqual(taken(), ["setLayers 0 1", "consumerReady"]);
  picture.show(shown(150));
  await clock.pass(250);
  assert.deepEqual(taken(), ["setLayers 0"]);
});

test("The first time the layer is asked for, and then the media, at once", () => {
  demand().show(shown(150));
  assert.deepEqual(taken(), ["setLayers 0", "consumerReady"]);
});

test("What is not seen from the beginning is not asked for before it is", async () => {
  const it = demand();
  it.show(shown(150, { visible: false }));
  await clock.pass(5_000);
  assert.deepEqual(taken(), []);
  it.show(shown(150));
  assert.deepEqual(taken(), ["setLayers 0", "consumerReady"]);
});

test("A change of size is asked for once it has settled, and only if it matters", async () => {
  const it = demand();
  it.show(shown(150));
  taken();
  for (const height of [160, 200, 300, 500, 600]) it.show(shown(height));
  assert.deepEqual(taken(), []);
  await clock.pass(250);
  assert.deepEqual(taken(), ["setLayers 2"]);
  it.show(shown(640));
  await clock.pass(5_000);
  assert.deepEqual(taken(), []);
});

test("A size that swings back meanwhile asks nothing", async () => {
  const it = demand();
  it.show(shown(150));
  taken();
  it.show(shown(600));
  await clock.pass(200);
  it.show(shown(150));
  await clock.pass(5_000);
  assert.deepEqual(taken(), []);
});

test("A size that never stands still is asked for all the same", async () => {
  const it = demand();
  it.show(shown(150));
  taken();
  for (let step = 0; step < 10; ++step) {
    it.show(shown(600 + step));
    await clock.pass(50);
  }
  assert.deepEqual(taken(), ["setLayers 2"]);
});

test("Out of sight for a moment changes nothing, for longer pauses, and back in sight resumes at once", async () => {
  const it = demand();
  it.show(shown(150));
  taken();
  it.show(shown(150, { visible: false }));
  await clock.pass(900);
  it.show(shown(150));
  await clock.pass(5_000);
  assert.deepEqual(taken(), []);
  it.show(shown(150, { visible: false }));
  await clock.pass(1_000);
  assert.deepEqual(taken(), ["pauseConsumer"]);
  it.show(shown(600));
  assert.deepEqual(taken(), ["setLayers 2", "resumeConsumer"]);
});

test("Whom everybody looks at goes first", async () => {
  const it = demand();
  it.show(shown(150, { prominent: true }));
  assert.deepEqual(taken(), ["setLayers 0", "setPriority 10", "consumerReady"]);
  it.show(shown(150));
  await clock.pass(250);
  assert.deepEqual(taken(), ["setPriority 1"]);
});

test("A sender that told no sizes is asked for none", () => {
  demand([]).show(shown(150));
  assert.deepEqual(taken(), ["consumerReady"]);
});

test("Nothing is asked for after the end", async () => {
  const it = demand();
  it.show(shown(150));
  taken();
  it.show(shown(600));
  it.close();
  await clock.pass(5_000);
  assert.deepEqual(taken(), []);
});
