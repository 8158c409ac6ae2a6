// Which page is shown: by the address, then by what the participant does. document.body's data-state names it.

import { Call } from "./call";
import { LocalMedia } from "./media";
import { nameProblem, roomProblem } from "./names";
import { remember, remembered } from "./remembered";
import { CallPage, type Control } from "./view/call_page";
import { byId } from "./view/dom";
import { messagePage } from "./view/frame";
import { homePage } from "./view/home";
import { Lobby } from "./view/lobby";
import { notify } from "./view/notices";

interface Page {
  root: HTMLElement;
  close?: () => void;
  press?: (control: Control) => void;
}

const media = new LocalMedia();
let page: Page | undefined;

function showPage(state: string, next: Page, title: string): void {
  page?.close?.();
  const first = page === undefined;
  page = next;
  byId("app").replaceChildren(next.root);
  // Who moves by keyboard or listens goes on at the new page's beginning.
  next.root.tabIndex = -1;
  if (!first) next.root.focus({ preventScroll: true });
  document.body.dataset.state = state;
  document.title = title;
}

function showHome(): void {
  showPage("home", { root: homePage((room) => location.assign(`/r/${encodeURIComponent(room)}`)) }, "Sluice");
}

function showLobby(room: string, name: string, problem: string | undefined): void {
  const join = (chosen: string) => {
    remember("name", chosen);
    startCall(room, chosen);
  };
  showPage("lobby", new Lobby(media, { room, name, problem, join }), `${room} · Sluice`);
}

function startCall(room: string, name: string): void {
  void media.open();
  const call = new Call(room, name, media, notify);
  const callPage = new CallPage(call, () => {
    call.leave();
    media.close();
    showLeft(room, name);
  });
  showPage(call.state, callPage, `${room} · Sluice`);
  call.addEventListener("change", () => {
    if (page !== callPage) return;
    if (call.state === "refused") showLobby(room, name, call.refusal);
    else document.body.dataset.state = call.state;
  });
}

function showLeft(room: string, name: string): void {
  const root = messagePage({
    title: "You left the call",
    text: `The others in ${room} cannot see or hear you any more.`,
    primary: { words: "Join again", act: () => startCall(room, name) },
  });
  showPage("left", { root }, "Sluice");
}

function showWrongAddress(text: string): void {
  const root = messagePage({
    title: "There is no such room",
    text,
    primary: { words: "Choose a room", act: () => location.assign("/") },
  });
  showPage("wrong-address", { root }, "Sluice");
}

function roomOfAddress(): string | undefined {
  const encoded = /^\/r\/([^/]+)\/?$/.exec(location.pathname)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function start(): void {
  const room = roomOfAddress();
  if (room === undefined) {
    showHome();
    return;
  }
  const problem = roomProblem(room);
  if (problem !== undefined) {
    showWrongAddress(problem);
    return;
  }
  const name = new URLSearchParams(location.search).get("name");
  if (name === null) showLobby(room, remembered("name"), undefined);
  else if (nameProblem(name) !== undefined) showLobby(room, name, nameProblem(name));
  else startCall(room, name.trim());
}

const controlOfKey: Record<string, Control> = { m: "microphone", v: "camera", s: "screen", g: "view", i: "figures" };

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea") !== null;
  if (typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const control = controlOfKey[event.key.toLowerCase()];
  if (control) page?.press?.(control);
});

start();
