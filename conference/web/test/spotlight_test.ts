import assert from "node:assert/strict";
import { test } from "node:test";
import { Spotlight } from "../src/spotlight";

const ada = { name: "Ada", cameraOn: false };
const ben = { name: "Ben", cameraOn: true };
const cleo = { name: "Cleo", cameraOn: true };
const me = { name: "Me", cameraOn: true };
type Person = typeof ada;

const others = [ada, ben, cleo];
const quiet = { others, speaker: undefined, pinned: undefined };
const speaking = (speaker: Person) => ({ others, speaker, pinned: undefined });

test("Before anybody spoke it is the first whose camera is on, and that one stays", () => {
  const spotlight = new Spotlight<Person>();
  assert.equal(spotlight.choose(quiet, 0), ben);
  assert.equal(spotlight.choose({ ...quiet, others: [cleo, ben, ada] }, 60_000), ben);
  assert.equal(new Spotlight<Person>().choose({ ...quiet, others: [ada] }, 0), ada);
  assert.equal(new Spotlight<Person>().choose({ ...quiet, others: [] }, 0), undefined);
});

test("Who speaks is shown, and stays when silent", () => {
  const spotlight = new Spotlight<Person>();
  assert.equal(spotlight.choose(speaking(ada), 0), ada);
  assert.equal(spotlight.choose(quiet, 60_000), ada);
});

test("We ourselves are never shown large to ourselves", () => {
  const spotlight = new Spotlight<Person>();
  spotlight.choose(speaking(cleo), 0);
  assert.equal(spotlight.choose(speaking(me), 60_000), cleo);
});

test("Two who take turns do not swap places more often than every two seconds", () => {
  const spotlight = new Spotlight<Person>();
  let changes = 0;
  let before: Person | undefined;
  for (let ms = 0; ms < 10_000; ms += 100) {
    const shown = spotlight.choose(speaking(Math.floor(ms / 300) % 2 === 0 ? ben : cleo), ms);
    if (before && shown !== before) ++changes;
    before = shown;
  }
  assert.ok(changes >= 3 && changes <= 5, `${changes} changes in 10 s`);
});

test("A change that was put off comes when it may", () => {
  const spotlight = new Spotlight<Person>();
  spotlight.choose(speaking(ben), 0);
  assert.equal(spotlight.choose(speaking(cleo), 1_900), ben);
  assert.equal(spotlight.choose(speaking(cleo), 2_000), cleo);
});

test("Who was pinned is shown at once, whoever speaks, until the pin is taken out", () => {
  const spotlight = new Spotlight<Person>();
  spotlight.choose(speaking(ben), 0);
  assert.equal(spotlight.choose({ ...speaking(ben), pinned: ada }, 10), ada);
  assert.equal(spotlight.choose({ ...speaking(cleo), pinned: ada }, 60_000), ada);
  assert.equal(spotlight.choose(speaking(cleo), 60_010), cleo);
});

test("Who left gives the place at once to who speaks, or to somebody who is there", () => {
  const spotlight = new Spotlight<Person>();
  spotlight.choose(speaking(ben), 0);
  assert.equal(spotlight.choose({ others: [ada, cleo], speaker: undefined, pinned: ben }, 10), cleo);
  assert.equal(spotlight.choose({ others: [ada], speaker: ben, pinned: undefined }, 20), ada);
});
