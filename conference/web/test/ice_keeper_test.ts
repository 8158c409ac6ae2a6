import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { types } from "mediasoup-client";
import { IceKeeper } from "../src/ice_keeper";
import type { Signalling } from "../src/signalling";
import { FakeClock } from "./fake_clock";

let clock: FakeClock;
let seen: string[];
let mayRestart: boolean;
let change: (state: types.ConnectionState) => void;
let keeper: IceKeeper;

beforeEach(() => {
  clock = new FakeClock();
  seen = [];
  mayRestart = true;
  const transport = {
    id: "t",
    closed: false,
    on: (_: string, listener: typeof change) => {
      change = listener;
    },
    restartIce: async () => void seen.push("restarted"),
  };
  const signalling = {
    request: async (method: string) => {
      seen.push(method);
      return { iceParameters: {} };
    },
  };
  keeper = new IceKeeper(transport as unknown as types.Transport, signalling as unknown as Signalling, {
    mayRestart: () => mayRestart,
    trouble: () => void seen.push(keeper.troubled ? "trouble" : "well"),
    lost: () => void seen.push("lost"),
  });
});

afterEach(() => {
  keeper.close();
  clock.restore();
});

test("A short break heals without a restart", async () => {
  change("disconnected");
  await clock.pass(1_000);
  change("connected");
  await clock.pass(10_000);
  assert.deepEqual(seen, ["trouble", "well"]);
});

test("A longer break is repaired by one restart", async () => {
  change("disconnected");
  await clock.pass(3_000);
  change("connected");
  await clock.pass(20_000);
  assert.deepEqual(seen, ["trouble", "restartIce", "restarted", "well"]);
});

test("A failed connection is restarted at once", async () => {
  change("failed");
  await clock.pass(100);
  assert.deepEqual(seen, ["trouble", "restartIce", "restarted"]);
});

test("While the server cannot be asked the restart waits", async () => {
  mayRestart = false;
  change("disconnected");
  await clock.pass(6_000);
  assert.deepEqual(seen, ["trouble"]);
  mayRestart = true;
  await clock.pass(600);
  assert.deepEqual(seen, ["trouble", "restartIce", "restarted"]);
});

test("What restarts do not repair is given up after a bounded time", async () => {
  change("disconnected");
  await clock.pass(25_000);
  assert.equal(seen.at(-1), "lost");
  const restarts = seen.filter((what) => what === "restartIce").length;
  assert.ok(restarts >= 2 && restarts <= 5, `${restarts} restarts`);
});
