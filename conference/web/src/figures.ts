// Figures of one picture, from two readings of the browser's statistics: what arrives, or what is sent of each layer.
// Pure but for what they remember of the reading before.

import type { Size } from "./encodings";

export interface StreamFigures extends Size {
  /** 0 for a stream that pauses. */
  frameRate: number;
  /** bit/s */
  bitrate: number;
  /** "VP8"; "" while nothing is known. */
  codec: string;
}

export interface ReceivedFigures extends StreamFigures {
  /** Of the packets since the last reading, 0..1. */
  loss: number;
}

export interface SentFigures extends StreamFigures {
  /** "r0"; "" where there is one stream only. */
  rid: string;
}

/** Of a picture that arrives, with its layers in words; or of each layer that we send. */
export type PictureFigures = { received: ReceivedFigures; layers: string } | { sent: readonly SentFigures[] };

/** One of the browser's reports; which members it has differs between browsers. */
type Report = Record<string, unknown>;

interface Reading {
  atMs: number;
  bytes: number;
  frames: number;
  packets: number;
  lost: number;
}

/** Readings closer together than this say nothing: the browser may answer with the same report again. */
const leastMs = 200;

export class ReceivedMeter {
  private before: Reading | undefined;
  private last: ReceivedFigures | undefined;

  /** Undefined before the second reading. */
  read(reports: Iterable<Report>): ReceivedFigures | undefined {
    const all = [...reports];
    const report = all.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    if (!report) return undefined;
    const now = readingOf(report, "bytesReceived", "framesDecoded", "packetsReceived");
    const { before } = this;
    if (before && now.atMs - before.atMs < leastMs) return this.last;
    this.before = now;
    if (!before) return undefined;
    const lost = Math.max(0, now.lost - before.lost);
    const expected = lost + Math.max(0, now.packets - before.packets);
    this.last = { ...since(before, now), ...describe(report, all), loss: expected > 0 ? lost / expected : 0 };
    return this.last;
  }
}

export class SentMeter {
  private readonly before = new Map<string, Reading>();
  private last: SentFigures[] = [];

  /** The largest first; empty before the second reading. */
  read(reports: Iterable<Report>): SentFigures[] {
    const all = [...reports];
    const figures: SentFigures[] = [];
    for (const report of all) {
      if (report.type !== "outbound-rtp" || report.kind !== "video") continue;
      const rid = typeof report.rid === "string" ? report.rid : "";
      const now = readingOf(report, "bytesSent", "framesEncoded", "packetsSent");
      const before = this.before.get(rid);
      if (before && now.atMs - before.atMs < leastMs) return this.last;
      this.before.set(rid, now);
      if (before) figures.push({ ...since(before, now), ...describe(report, all), rid });
    }
    this.last = figures.sort((a, b) => (a.rid < b.rid ? 1 : -1));
    return this.last;
  }
}

function readingOf(report: Report, bytes: string, frames: string, packets: string): Reading {
  return {
    atMs: number(report.timestamp),
    bytes: number(report[bytes]),
    frames: number(report[frames]),
    packets: number(report[packets]),
    lost: number(report.packetsLost),
  };
}

/** Counters of a stream that began anew are smaller than before: it stands at 0 for one reading. */
function since(before: Reading, now: Reading): { frameRate: number; bitrate: number } {
  const seconds = (now.atMs - before.atMs) / 1000;
  const rate = (from: number, to: number) => Math.max(0, to - from) / seconds;
  return { frameRate: rate(before.frames, now.frames), bitrate: 8 * rate(before.bytes, now.bytes) };
}

function describe(report: Report, all: readonly Report[]): Size & { codec: string } {
  const codec = all.find(({ id }) => id === report.codecId)?.mimeType;
  return {
    width: number(report.frameWidth),
    height: number(report.frameHeight),
    codec: typeof codec === "string" ? codec.replace(/^video\//, "") : "",
  };
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

// ---- in words ----

export function sizeInWords({ width, height }: Size): string {
  return width > 0 && height > 0 ? `${width}×${height}` : "–";
}

export function bitrateInWords(bitrate: number): string {
  return `${Math.round(bitrate / 1000)} kbit/s`;
}

export function frameRateInWords(frameRate: number): string {
  return `${Math.round(frameRate)} fps`;
}

/** A tenth of a percent is the least that is shown as a loss; less is none. */
export function lossInWords(loss: number): string {
  return `${(100 * loss).toFixed(1)} %`;
}
