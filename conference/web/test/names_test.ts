import assert from "node:assert/strict";
import { test } from "node:test";
import { hue, initials, nameProblem, roomProblem, suggestRooms, toRoomName } from "../src/names";

test("What somebody types becomes a room's name", () => {
  assert.equal(toRoomName("  Team Meeting! "), "team-meeting");
  assert.equal(toRoomName("Café Über"), "cafe-uber");
  assert.equal(toRoomName("--- v1.2_final ---"), "v1.2_final");
  assert.equal(toRoomName("x".repeat(200)).length, 64);
});

test("Nothing usable gives a name that is refused", () => {
  assert.equal(toRoomName("!!!"), "");
  assert.notEqual(roomProblem(""), undefined);
});

test("Rooms are refused by the server's rules", () => {
  for (const room of ["a", "A-b_c.9", "x".repeat(64)]) assert.equal(roomProblem(room), undefined, room);
  for (const room of ["", "-a", ".a", "a b", "ä", "a/b", "x".repeat(65)])
    assert.notEqual(roomProblem(room), undefined, room);
});

test("Suggestions are different rooms that can be used", () => {
  const rooms = suggestRooms(3);
  assert.equal(new Set(rooms).size, 3);
  for (const room of rooms) assert.equal(roomProblem(room), undefined);
});

test("Names are refused when empty or too long", () => {
  assert.equal(nameProblem(" Ada "), undefined);
  assert.notEqual(nameProblem("  "), undefined);
  assert.notEqual(nameProblem("x".repeat(65)), undefined);
});

test("Initials are the first letters of the first and the last word, in any script", () => {
  assert.equal(initials("Ada Lovelace"), "AL");
  assert.equal(initials("  jean luc marie picard "), "JP");
  assert.equal(initials("linus"), "L");
  assert.equal(initials("王小明"), "王");
  assert.equal(initials("😀 x"), "😀X");
});

test("A name always has the same hue", () => {
  assert.equal(hue("Ada"), hue("Ada"));
  for (const name of ["", "a", "Ada", "王"]) assert.ok(hue(name) >= 0 && hue(name) < 360);
});
