import assert from "node:assert/strict";
import { test } from "node:test";
import { type Codec, restrict, type Sending, sendingOf } from "../src/encodings";

const everything = () => true;
const nothing = () => false;

function camera(
  width: number,
  height: number,
  codec: Codec = "VP8",
  canEncode: (mode: string) => boolean = everything,
): Sending {
  return sendingOf({ source: "camera", size: { width, height }, codec, canEncode });
}

const scales = ({ encodings }: Sending) => encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
const modes = ({ encodings }: Sending) => encodings.map((encoding) => encoding.scalabilityMode);

test("A camera of 720 lines is sent in three sizes, each with temporal layers", () => {
  const sending = camera(1280, 720);
  assert.deepEqual(scales(sending), [4, 2, 1]);
  assert.deepEqual(modes(sending), ["L1T3", "L1T3", "L1T3"]);
  assert.deepEqual(sending.layers, [
    { width: 320, height: 180 },
    { width: 640, height: 360 },
    { width: 1280, height: 720 },
  ]);
});

test("Smaller cameras are sent in fewer sizes, upright ones by their longer side", () => {
  assert.equal(camera(960, 540).layers.length, 3);
  assert.deepEqual(scales(camera(640, 360)), [2, 1]);
  assert.equal(camera(480, 270).layers.length, 2);
  assert.equal(camera(320, 240).layers.length, 1);
  assert.deepEqual(camera(720, 1280).layers[0], { width: 180, height: 320 });
});

test("Every layer has a bit rate of its own that grows with its size, and bounds", () => {
  const rates = camera(1280, 720).encodings.map(({ maxBitrate }) => maxBitrate ?? 0);
  assert.deepEqual(rates, [150_000, 470_000, 1_500_000]);
  assert.ok((camera(1, 1).encodings[0]?.maxBitrate ?? 0) >= 50_000);
  assert.ok((camera(1920, 1080).encodings[2]?.maxBitrate ?? 0) < 3_000_000);
});

test("VP9 and AV1 put the sizes into one stream where the browser can", () => {
  for (const codec of ["VP9", "AV1"] as const) {
    const sending = camera(1280, 720, codec);
    assert.deepEqual(modes(sending), ["L3T3_KEY"]);
    assert.equal(sending.layers.length, 3);
    assert.equal(sending.encodings[0]?.maxBitrate, 1_500_000);
    assert.deepEqual(modes(camera(640, 360, codec)), ["L2T3_KEY"]);
  }
});

test("Where the browser cannot, they are one stream of one size", () => {
  const onlyTemporal = camera(1280, 720, "VP9", (mode) => mode === "L1T3");
  assert.deepEqual(modes(onlyTemporal), ["L1T3"]);
  assert.equal(onlyTemporal.layers.length, 1);
  const none = camera(1280, 720, "AV1", nothing);
  assert.deepEqual(none.encodings, [{ maxBitrate: 1_500_000 }]);
  assert.deepEqual(none.layers, [{ width: 1280, height: 720 }]);
});

test("A browser that knows no modes still sends three sizes of VP8 and H264", () => {
  for (const codec of ["VP8", "H264"] as const) {
    const sending = camera(1280, 720, codec, nothing);
    assert.equal(sending.encodings.length, 3);
    assert.ok(sending.encodings.every((encoding) => !("scalabilityMode" in encoding)));
  }
});

test("A screen is one size, with temporal layers where there are", () => {
  for (const codec of ["VP8", "VP9"] as const) {
    const size = { width: 1920, height: 1080 };
    const sending = sendingOf({ source: "screen", size, codec, canEncode: everything });
    assert.equal(sending.encodings.length, 1);
    assert.match(String(modes(sending)[0]), /^L1T3/);
    assert.deepEqual(sending.layers, [size]);
  }
});

test("What nobody wants is not sent, but for the smallest, and comes again when it is wanted", () => {
  const encodings: RTCRtpEncodingParameters[] = [{}, { active: true }, {}];
  const active = () => encodings.map((encoding) => encoding.active);
  assert.equal(restrict(encodings, { spatialLayer: 1, temporalLayer: 2 }), true);
  assert.deepEqual(active(), [true, true, false]);
  assert.equal(restrict(encodings, { spatialLayer: 1, temporalLayer: 0 }), false);
  assert.equal(restrict(encodings, null), true);
  assert.deepEqual(active(), [true, false, false]);
  assert.equal(restrict(encodings, { spatialLayer: 2, temporalLayer: 2 }), true);
  assert.deepEqual(active(), [true, true, true]);
});
