// The start page: pick a room.

import { roomProblem, suggestRooms, toRoomName } from "../names";
import { element, setAttribute, setText, show } from "./dom";
import { brand } from "./frame";

export function homePage(go: (room: string) => void): HTMLElement {
  const input = element("input", {
    id: "room",
    name: "room",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: "80",
    placeholder: "team-meeting",
    "aria-describedby": "room-problem",
  });
  const problem = element("p", { id: "room-problem", class: "problem", role: "alert", hidden: true });
  const form = element("form", { novalidate: true }, [
    element("div", { class: "field" }, [element("label", { for: "room" }, ["Room"]), input, problem]),
    element("button", { class: "button primary wide", type: "submit" }, ["Go to the room"]),
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const room = toRoomName(input.value);
    const wrong = input.value.trim() === "" ? "Please enter a name for the room." : roomProblem(room);
    setText(problem, wrong ?? "");
    show(problem, wrong !== undefined);
    setAttribute(input, "aria-invalid", wrong === undefined ? undefined : "true");
    if (wrong === undefined) go(room);
    else input.focus();
  });
  const suggestions = suggestRooms(3).map((room) => {
    const chip = element("button", { class: "button chip", type: "button" }, [room]);
    chip.addEventListener("click", () => go(room));
    return chip;
  });
  return element("div", { class: "entry" }, [
    element("header", {}, [brand()]),
    element("main", {}, [
      element("div", { class: "card" }, [
        element("div", {}, [
          element("h1", {}, ["Meet face to face"]),
          element("p", { class: "lead" }, ["Name a room and share its address. Everyone who opens it is in the call."]),
        ]),
        form,
        element("div", { class: "field" }, [
          element("p", { class: "hint", id: "suggestions" }, ["Or take one of these:"]),
          element("div", { class: "chips", role: "group", "aria-labelledby": "suggestions" }, suggestions),
        ]),
      ]),
    ]),
  ]);
}
