import assert from "node:assert/strict";
import { test } from "node:test";
import { bitrateInWords, frameRateInWords, lossInWords, ReceivedMeter, SentMeter, sizeInWords } from "../src/figures";

const codec = { id: "C", type: "codec", mimeType: "video/VP8" };

function received(timestamp: number, bytes: number, frames: number, packets: number, lost: number) {
  return {
    id: "I",
    type: "inbound-rtp",
    kind: "video",
    codecId: "C",
    timestamp,
    bytesReceived: bytes,
    framesDecoded: frames,
    packetsReceived: packets,
    packetsLost: lost,
    frameWidth: 640,
    frameHeight: 360,
  };
}

test("The first reading of what arrives tells nothing, the second the difference", () => {
  const meter = new ReceivedMeter();
  assert.equal(meter.read([received(1_000, 5_000, 10, 100, 2), codec]), undefined);
  const figures = meter.read([received(3_000, 255_000, 70, 298, 4), codec]);
  assert.deepEqual(figures, { bitrate: 1_000_000, frameRate: 30, width: 640, height: 360, codec: "VP8", loss: 0.01 });
});

test("A report that comes twice, or a moment later, is the same figures", () => {
  const meter = new ReceivedMeter();
  meter.read([received(1_000, 0, 0, 0, 0)]);
  const figures = meter.read([received(2_000, 1_000, 15, 10, 0)]);
  assert.equal(meter.read([received(2_000, 1_000, 15, 10, 0)]), figures);
  assert.equal(meter.read([received(2_100, 1_300, 17, 12, 0)]), figures);
});

test("Counters that begin anew and losses that are made good never make figures below zero", () => {
  const meter = new ReceivedMeter();
  meter.read([received(1_000, 9_000, 90, 90, 9)]);
  const figures = meter.read([received(2_000, 10, 1, 1, 0)]);
  assert.deepEqual([figures?.bitrate, figures?.frameRate, figures?.loss], [0, 0, 0]);
});

test("Nothing arrives: no figures but no fault", () => {
  assert.equal(new ReceivedMeter().read([codec]), undefined);
});

test("Each layer that is sent has its own figures, the largest first", () => {
  const meter = new SentMeter();
  const sent = (rid: string, timestamp: number, bytes: number, width: number) => ({
    id: rid,
    type: "outbound-rtp",
    kind: "video",
    codecId: "C",
    rid,
    timestamp,
    bytesSent: bytes,
    framesEncoded: timestamp / 50,
    frameWidth: width,
    frameHeight: width / 2,
  });
  assert.deepEqual(meter.read([sent("r0", 1_000, 0, 320), sent("r1", 1_000, 0, 640), codec]), []);
  const figures = meter.read([sent("r0", 2_000, 10_000, 320), sent("r1", 2_000, 50_000, 640), codec]);
  assert.deepEqual(
    figures.map(({ rid, width, bitrate, frameRate }) => [rid, width, bitrate, frameRate]),
    [
      ["r1", 640, 400_000, 20],
      ["r0", 320, 80_000, 20],
    ],
  );
});

test("Figures read well", () => {
  assert.equal(sizeInWords({ width: 640, height: 360 }), "640×360");
  assert.equal(sizeInWords({ width: 0, height: 0 }), "–");
  assert.equal(bitrateInWords(1_234_567), "1235 kbit/s");
  assert.equal(frameRateInWords(29.97), "30 fps");
  assert.equal(lossInWords(0.0123), "1.2 %");
});
