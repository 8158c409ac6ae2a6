// A WebSocket of which the test is the other end.

export class FakeSocket extends EventTarget {
  static last: FakeSocket;
  readonly sent: { id: number; method: string; data: unknown }[] = [];

  constructor(readonly url: URL) {
    super();
    FakeSocket.last = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.dispatchEvent(new Event("close"));
  }

  open(): void {
    this.dispatchEvent(new Event("open"));
  }

  deliver(message: unknown): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }
}
