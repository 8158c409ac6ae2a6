// One WebSocket to the server (docs/signalling.md): requests with answers, events, and the notice that nobody is there
// any more. It does not reconnect and knows no rooms: the call makes a new one.

import type { ErrorAnswer, Events, Requests, ServerMessage } from "./protocol";

/** An answer that takes longer than this will not come. */
const answerWithinMs = 10_000;
/** A ping this often; unanswered for `silenceMs` means the connection hangs, for `deadMs` that it is gone. */
const pingEveryMs = 2_000;
const silenceMs = 3_000;
const deadMs = 12_000;

export class RequestError extends Error {
  /** `isAnswer`: the server said no. Otherwise there was no answer at all. */
  constructor(
    readonly code: string,
    message: string,
    readonly isAnswer = false,
  ) {
    super(message);
  }
}

export interface SignallingHandlers {
  event: (event: Events) => void;
  /** The server stopped answering (true), or answers again (false). */
  hanging: (hanging: boolean) => void;
  closed: () => void;
}

interface Pending {
  resolve: (data: never) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Signalling {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private lastHeardMs = performance.now();
  private isHanging = false;
  private readonly pinging: ReturnType<typeof setInterval>;
  private closed = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly handlers: SignallingHandlers,
  ) {
    socket.addEventListener("message", ({ data }) => this.receive(data));
    socket.addEventListener("close", () => this.gone());
    this.pinging = setInterval(() => this.ping(), pingEveryMs);
  }

  /** Resolves with an open connection, or rejects after `answerWithinMs` at the latest. */
  static open(handlers: SignallingHandlers): Promise<Signalling> {
    const url = new URL("/ws", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      const fail = () => {
        clearTimeout(timer);
        socket.close();
        reject(new RequestError("unreachable", "The server cannot be reached."));
      };
      const timer = setTimeout(fail, answerWithinMs);
      socket.addEventListener("close", fail, { once: true });
      socket.addEventListener(
        "open",
        () => {
          clearTimeout(timer);
          socket.removeEventListener("close", fail);
          resolve(new Signalling(socket, handlers));
        },
        { once: true },
      );
    });
  }

  request<M extends keyof Requests>(method: M, data: Requests[M]["data"]): Promise<Requests[M]["answer"]> {
    if (this.closed) return Promise.reject(new RequestError("closed", "The connection to the server is closed."));
    const id = this.nextId++;
    this.socket.send(JSON.stringify({ id, method, data }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new RequestError("timeout", "The server did not answer."));
      }, answerWithinMs);
      this.pending.set(id, { resolve, reject, timer });
    });
  }

  close(): void {
    this.gone();
    this.socket.close(1000);
  }

  private receive(text: unknown): void {
    this.lastHeardMs = performance.now();
    this.setHanging(false);
    let message: ServerMessage;
    try {
      message = JSON.parse(String(text));
    } catch {
      return; // Not for us: the protocol is JSON.
    }
    if ("event" in message) this.handlers.event(message);
    else this.settle(message);
  }

  private settle(message: { id: number; data?: unknown; error?: ErrorAnswer }): void {
    const pending = this.pending.get(message.id);
    if (!pending) return;
    this.pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.error) pending.reject(new RequestError(message.error.code, message.error.message, true));
    else pending.resolve(message.data as never);
  }

  private ping(): void {
    const silentMs = performance.now() - this.lastHeardMs;
    if (silentMs > deadMs) {
      this.close();
      return;
    }
    if (silentMs > silenceMs) this.setHanging(true);
    this.request("ping", {}).catch(() => {}); // Its failure is seen as silence.
  }

  private setHanging(hanging: boolean): void {
    if (hanging === this.isHanging) return;
    this.isHanging = hanging;
    this.handlers.hanging(hanging);
  }

  private gone(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.pinging);
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(new RequestError("closed", "The connection to the server was lost."));
    }
    this.pending.clear();
    this.handlers.closed();
  }
}
