// Watches one transport's connection. Lost media come back by an ICE restart; when even that does not help within a
// bounded time, the call is told to join again.

import type { types } from "mediasoup-client";
import type { Signalling } from "./signalling";

/** "disconnected" often heals by itself in a moment. */
const patienceMs = 2_000;
/** Between restarts, while they do not help. */
const retryMs = 4_000;
/** While the server cannot be asked, it is looked again this often whether it can. */
const lookAgainMs = 500;
/** From the first sign of trouble until joining again. */
const giveUpMs = 15_000;

export class IceKeeper {
  private troubleSinceMs: number | undefined;
  /** False while no media ever came through: then it is no break but something in the way. */
  wasConnected = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly transport: types.Transport,
    private readonly signalling: Signalling,
    private readonly handlers: { mayRestart: () => boolean; trouble: () => void; lost: () => void },
  ) {
    transport.on("connectionstatechange", (state) => this.changed(state));
  }

  get troubled(): boolean {
    return this.troubleSinceMs !== undefined;
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private changed(state: types.ConnectionState): void {
    if (state === "connected" || state === "closed") {
      clearTimeout(this.timer);
      this.wasConnected ||= state === "connected";
      if (this.troubled) {
        this.troubleSinceMs = undefined;
        this.handlers.trouble();
      }
    } else if (state === "disconnected" || state === "failed") {
      if (!this.troubled) {
        this.troubleSinceMs = performance.now();
        this.handlers.trouble();
      }
      this.after(state === "failed" ? 0 : patienceMs);
    }
  }

  private after(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.restart(), ms);
  }

  private async restart(): Promise<void> {
    if (this.troubleSinceMs === undefined || this.transport.closed) return;
    if (performance.now() - this.troubleSinceMs > giveUpMs) {
      this.handlers.lost();
      return;
    }
    if (!this.handlers.mayRestart()) {
      this.after(lookAgainMs);
      return;
    }
    this.after(retryMs);
    try {
      const { iceParameters } = await this.signalling.request("restartIce", { transportId: this.transport.id });
      await this.transport.restartIce({ iceParameters });
    } catch {
      // The server did not answer, or the session ended meanwhile: the next attempt or the next session settles it.
    }
  }
}
