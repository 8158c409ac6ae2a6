// How a picture is sent: how many layers, of which size, at which bit rate. Pure: what the browser can do is asked of
// the caller. mediasoup-client gives the RIDs.

import type { types } from "mediasoup-client";
import type { Layers } from "./protocol";

export interface Size {
  width: number;
  height: number;
}

export const codecs = ["VP8", "VP9", "H264", "AV1"] as const;
export type Codec = (typeof codecs)[number];

export interface Sending {
  encodings: types.RtpEncodingParameters[];
  /** The size of each spatial layer, the lowest first: for the others, who choose by it. */
  layers: Size[];
}

/** Three temporal layers: a receiver in need can have half or a quarter of the frames. */
const temporal = "T3";
/** Codecs that put several sizes into one stream. The others send a stream of each size. */
const layered: readonly Codec[] = ["VP9", "AV1"];

/** All that sendingOf() may ask for. */
export const modesOfInterest = ["L1T3", "L2T3_KEY", "L3T3_KEY"];

export function sendingOf(options: {
  source: "camera" | "screen";
  size: Size;
  codec: Codec;
  /** Whether the browser encodes in this scalability mode. */
  canEncode: (mode: string) => boolean;
}): Sending {
  const { source, size, codec, canEncode } = options;
  // Half a screen cannot be read, so there are no smaller ones of it.
  const count = source === "screen" ? 1 : layersOf(size);
  if (count > 1 && !layered.includes(codec)) return simulcast(size, count, canEncode);
  const wishes = count > 1 ? [`L${count}${temporal}_KEY`, `L1${temporal}`] : [`L1${temporal}`];
  const scalabilityMode = wishes.find((mode) => canEncode(mode));
  const spatial = scalabilityMode?.endsWith("_KEY") ? count : 1;
  return {
    encodings: [{ maxBitrate: maxBitrateOf(size), ...(scalabilityMode ? { scalabilityMode } : {}) }],
    layers: sizesOf(size, spatial),
  };
}

/**
 * Takes out of simulcast what is above these layers, or in again what is not; the lowest always goes. False: it was so
 * already. Layers of one stream are its encoder's affair.
 */
export function restrict(encodings: RTCRtpEncodingParameters[], layers: Layers | null): boolean {
  let changed = false;
  for (const [index, encoding] of encodings.entries()) {
    const active = index <= (layers?.spatialLayer ?? 0);
    changed ||= (encoding.active ?? true) !== active;
    encoding.active = active;
  }
  return changed;
}

function simulcast(size: Size, count: number, canEncode: (mode: string) => boolean): Sending {
  const mode = `L1${temporal}`;
  const layers = sizesOf(size, count);
  const encodings = layers.map((layer, index) => ({
    scaleResolutionDownBy: 2 ** (count - 1 - index),
    maxBitrate: maxBitrateOf(layer),
    ...(canEncode(mode) ? { scalabilityMode: mode } : {}),
  }));
  return { encodings, layers };
}

/** By the longer side: telephones are held upright. Browsers leave out layers of pictures that are smaller than this. */
function layersOf({ width, height }: Size): number {
  const side = Math.max(width, height);
  if (side >= 960) return 3;
  return side >= 480 ? 2 : 1;
}

function sizesOf({ width, height }: Size, count: number): Size[] {
  return Array.from({ length: count }, (_, index) => {
    const scale = 2 ** (count - 1 - index);
    return { width: Math.max(1, Math.round(width / scale)), height: Math.max(1, Math.round(height / scale)) };
  });
}

/** In bit/s. Larger pictures need less for each pixel: 180 lines 150k, 360 lines 470k, 720 lines 1.5M, 1080 lines 2.9M. */
function maxBitrateOf({ width, height }: Size): number {
  const bitrate = 150_000 * ((width * height) / (320 * 180)) ** 0.83;
  return Math.round(Math.max(bitrate, 50_000) / 10_000) * 10_000;
}
