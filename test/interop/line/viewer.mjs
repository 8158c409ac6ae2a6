// One who receives behind a line: what its page saw, and what the worker said of its layers, phase by phase.

const ratio = (part, whole) => (whole > 0 ? part / whole : 0);

export class Viewer {
  phases = []; // { line_kbps, settling, settled }
  #changes = new Map(); // by consumer

  constructor(name, page, line, consumers) {
    Object.assign(this, { name, page, line });
    this.consumers = () => [...consumers().values()].filter(({ kind }) => kind === "video");
  }

  look() {
    return this.page.evaluate(() => window.look());
  }

  async sees(count) {
    const { videos } = await this.look();
    return videos.length === count && videos.every(({ shown }) => shown > 5);
  }

  async begin() {
    for (const consumer of this.consumers()) {
      if (!this.#changes.has(consumer)) {
        consumer.on("layerschange", () => this.#changes.set(consumer, this.#changes.get(consumer) + 1));
      }
      this.#changes.set(consumer, 0);
    }
    await this.page.evaluate(() => window.forgetGaps());
    this.before = await this.look();
    this.lineBefore = await this.line.stats();
  }

  async end(line_kbps, part) {
    const now = await this.look();
    const { before, lineBefore } = this;
    const line = await this.line.stats();
    const sent = line.down.sent - lineBefore.down.sent;
    const seen = {
      layers: this.consumers().map(({ currentLayers }) => currentLayers?.spatialLayer ?? -1),
      received_kbps: Math.round((8 * (now.bytes - before.bytes)) / (now.atMs - before.atMs)),
      freeze_ms: Math.round(Math.max(...now.videos.map(({ longestGapMs }) => longestGapMs))),
      changes: Math.max(...this.#changes.values()),
      freezes: now.freezes - before.freezes,
      frozen_s: now.frozenS - before.frozenS,
      audio_lost: now.audioLost - before.audioLost,
      dropped: ratio(line.down.overflowed - lineBefore.down.overflowed, sent),
      fps: now.videos.map(({ shown }, i) => Math.round((1000 * (shown - before.videos[i].shown)) / (now.atMs - before.atMs))),
    };
    if (part === "settling") this.phases.push({ line_kbps });
    this.phases.at(-1)[part] = seen;
  }
}
