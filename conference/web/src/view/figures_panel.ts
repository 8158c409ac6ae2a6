// What a tile says about its picture in figures: of somebody else's, what arrives; of our own, each layer that is sent.
// Each has its fixed place, so that nothing moves but the digits.

import {
  bitrateInWords,
  frameRateInWords,
  lossInWords,
  type PictureFigures,
  type SentFigures,
  sizeInWords,
} from "../figures";
import { element, setText } from "./dom";

type Row = readonly [key: string, label: string, ...values: string[]];

export class FiguresPanel {
  readonly root: HTMLElement;
  private readonly list = element("dl");
  private cells: HTMLElement[] = [];
  private form = "";

  constructor(who: string) {
    this.root = element("div", { class: "figures", role: "group", "aria-label": `Figures of ${who}` }, [this.list]);
    this.show(undefined);
  }

  show(figures: PictureFigures | undefined): void {
    const rows = rowsOf(figures);
    const form = rows.map(([key, , ...values]) => `${key} ${values.length}`).join();
    if (form !== this.form) this.rebuild(rows, form);
    rows
      .flatMap(([, , ...values]) => values)
      .forEach((value, index) => {
        const cell = this.cells[index];
        if (cell) setText(cell, value);
      });
  }

  private rebuild(rows: readonly Row[], form: string): void {
    this.form = form;
    this.cells = [];
    const lines = rows.map(([key, label, ...values]) => {
      const cells = values.map(() => element("dd"));
      this.cells.push(...cells);
      return element("div", { class: "row", "data-figure": key }, [element("dt", {}, [label]), ...cells]);
    });
    this.list.classList.toggle("by-layer", rows[0]?.[0] === "sent");
    this.list.replaceChildren(...lines);
  }
}

function rowsOf(figures: PictureFigures | undefined): Row[] {
  if (!figures) return [["none", "Picture", "–"]];
  if ("sent" in figures) return sentRows(figures.sent);
  const { received, layers } = figures;
  return [
    ["size", "Picture", sizeInWords(received)],
    ["layers", "Layers", layers],
    ["bitrate", "Rate", bitrateInWords(received.bitrate)],
    ["frame-rate", "Frames", frameRateInWords(received.frameRate)],
    ["loss", "Loss", lossInWords(received.loss)],
    ["codec", "Codec", received.codec || "–"],
  ];
}

/** A line for each layer that is sent, the largest first. */
function sentRows(sent: readonly SentFigures[]): Row[] {
  if (sent.length === 0) return [["none", "Sent", "–"]];
  return [
    ...sent.map((stream, index) => {
      const label = sent.length > 1 ? `S${sent.length - index}` : "Sent";
      if (stream.frameRate < 0.5) return ["sent", label, "pauses"] as const;
      const { frameRate, bitrate } = stream;
      return ["sent", label, sizeInWords(stream), frameRateInWords(frameRate), bitrateInWords(bitrate)] as const;
    }),
    ["codec", "Codec", sent[0]?.codec || "–"],
  ];
}
