// Time that passes only when a test says so: setTimeout, setInterval and performance.now of the whole process.
// (node:test has the like, but its form differs between the Node.js versions in use.)

interface Alarm {
  atMs: number;
  everyMs: number | undefined;
  ring: () => void;
}

const real = { setTimeout, clearTimeout, setInterval, clearInterval, now: performance.now };

export class FakeClock {
  private nowMs = 1_000;
  private nextId = 1;
  private readonly alarms = new Map<number, Alarm>();

  constructor() {
    const set = (ring: () => void, ms: number, everyMs?: number) => {
      const id = this.nextId++;
      this.alarms.set(id, { atMs: this.nowMs + ms, everyMs, ring });
      return id;
    };
    const clear = (id: number) => void this.alarms.delete(id);
    Object.assign(globalThis, {
      setTimeout: (ring: () => void, ms: number) => set(ring, ms),
      setInterval: (ring: () => void, ms: number) => set(ring, ms, ms),
      clearTimeout: clear,
      clearInterval: clear,
    });
    performance.now = () => this.nowMs;
  }

  /** Lets time pass, alarm by alarm, and after each what was promised. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      await settle();
      const next = [...this.alarms].filter(([, { atMs }]) => atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (!next) break;
      const [id, alarm] = next;
      this.nowMs = alarm.atMs;
      if (alarm.everyMs === undefined) this.alarms.delete(id);
      else alarm.atMs += alarm.everyMs;
      alarm.ring();
    }
    this.nowMs = endMs;
  }

  restore(): void {
    const { now, ...timers } = real;
    Object.assign(globalThis, timers);
    performance.now = now;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; ++i) await Promise.resolve();
}
