// What a test reads from a page: its state as the document tells it, and what really arrives, from the browser's own
// statistics.

import { until } from "./wait.mjs";

/**
 * Runs in the page before its own scripts: remembers each connection, so that its statistics can be read, and opens the
 * camera with a quarter of the pixels unless the test says how many, for two processors have to encode and decode for
 * every page of a test.
 */
export function prepare(camera = { width: 640, height: 360 }) {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = ({ video, ...rest }) => {
    if (!video) return open(rest);
    return open({ ...rest, video: { ...video, width: { ideal: camera.width }, height: { ideal: camera.height } } });
  };
  const made = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...words) {
      super(...words);
      made.push(this);
    }
  };
  window.connectionsOfTest = made;
}

/** Runs in the page before its own scripts: there is neither camera nor microphone. */
export function haveNoDevices() {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("none", "NotFoundError");
  };
}

/**
 * Runs in the page before its own scripts: the microphone is silent, or hums as somebody who speaks, while
 * `window.speaksOfTest(true)` was the last word.
 */
export function haveVoice() {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const context = new AudioContext();
  const voice = new GainNode(context, { gain: 0 });
  // A hum that stays the same is noise to whoever looks for speech: this one swells four times a second.
  const swell = new GainNode(context, { gain: 0.2 });
  const wave = new OscillatorNode(context, { frequency: 4 });
  const hum = new OscillatorNode(context, { frequency: 220 });
  const out = new MediaStreamAudioDestinationNode(context);
  wave.connect(new GainNode(context, { gain: 0.2 })).connect(swell.gain);
  hum.connect(swell).connect(voice).connect(out);
  wave.start();
  hum.start();
  window.speaksOfTest = (speaks) => voice.gain.setValueAtTime(speaks ? 1 : 0, context.currentTime);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    if (!constraints.audio) return stream;
    for (const track of stream.getAudioTracks()) stream.removeTrack(track);
    stream.addTrack(out.stream.getAudioTracks()[0].clone());
    return stream;
  };
}

/**
 * Runs in the page before its own scripts: a screen that is a canvas on which something moves, for a browser that has none
 * without a window.
 */
export function haveScreen() {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const context = canvas.getContext("2d");
    let count = 0;
    setInterval(() => {
      context.fillStyle = `hsl(${++count % 360} 60% 50%)`;
      context.fillRect(0, 0, canvas.width, canvas.height);
    }, 100);
    const stream = canvas.captureStream(10);
    const [track] = stream.getVideoTracks();
    // Firefox lets no script send this track an event: who listens for its end is told by hand.
    const listen = track.addEventListener.bind(track);
    const told = [];
    track.addEventListener = (type, listener, ...rest) => {
      if (type === "ended") told.push(listener);
      listen(type, listener, ...rest);
    };
    window.endScreenOfTest = () => {
      track.stop();
      for (const listener of told) listener(new Event("ended"));
    };
    return stream;
  };
}

/** Runs in the page that has such a screen: what it hears when the browser's own button is pressed. */
export function endScreen() {
  window.endScreenOfTest();
}

/** Runs in the page: of each screen that others share, by their names, how it is shown and the frames decoded so far. */
export async function readScreens() {
  const frames = new Map();
  for (const connection of window.connectionsOfTest) {
    if (connection.connectionState === "closed") continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.type === "inbound-rtp") frames.set(report.trackIdentifier, report.framesDecoded);
    }
  }
  const areaOf = (node) => node.offsetWidth * node.offsetHeight;
  const camerasArea = Math.max(...[...document.querySelectorAll("[data-participant]")].map(areaOf));
  const screens = {};
  for (const tile of document.querySelectorAll("[data-screen].tile")) {
    const video = tile.querySelector("video");
    screens[tile.dataset.screen] = {
      large: tile.dataset.large !== undefined,
      fit: getComputedStyle(video).objectFit,
      width: video.videoWidth,
      frames: frames.get(video.srcObject?.getTracks()[0]?.id) ?? 0,
      area: areaOf(tile),
      camerasArea,
    };
  }
  return screens;
}

/** Runs in the page: of each stream of the camera that is being sent, by its width, the frames encoded so far. */
export async function readSent() {
  const sent = {};
  for (const connection of window.connectionsOfTest) {
    if (connection.connectionState === "closed") continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.type === "outbound-rtp" && report.kind === "video" && report.frameWidth) {
        sent[report.frameWidth] = report.framesEncoded;
      }
    }
  }
  return sent;
}

/** Runs in the page: for each tile its state, and of others the frames decoded and the sound received so far. */
async function readTiles() {
  const inbound = new Map();
  for (const connection of window.connectionsOfTest) {
    if (connection.connectionState === "closed") continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.type === "inbound-rtp") inbound.set(report.trackIdentifier, report);
    }
  }
  const report = (media) => inbound.get(media?.srcObject?.getTracks()[0]?.id);
  const tiles = {};
  for (const tile of document.querySelectorAll("[data-participant]")) {
    tiles[tile.dataset.participant] = {
      self: tile.dataset.self !== undefined,
      audio: tile.dataset.audio,
      video: tile.dataset.video,
      talking: tile.dataset.talking !== undefined,
      frames: report(tile.querySelector("video"))?.framesDecoded ?? 0,
      energy: report(tile.querySelector("audio"))?.totalAudioEnergy ?? 0,
      bytes: report(tile.querySelector("video"))?.bytesReceived ?? 0,
      width: tile.querySelector("video").videoWidth,
      large: tile.dataset.large !== undefined,
    };
  }
  return tiles;
}

export function tilesOf(page) {
  return page.evaluate(readTiles);
}

/** Undefined while the page goes to another address. */
export function stateOf(page) {
  return page.evaluate(() => document.body?.dataset.state).catch(() => undefined);
}

export function textOf(page) {
  return page.evaluate(() => document.body.innerText);
}

export async function join(page, server, room, name) {
  await page.goto(`${server.url}/r/${room}?name=${encodeURIComponent(name)}`);
  await untilState(page, "joined");
}

export function untilState(page, state, limitMs) {
  return until(
    async () => `the page is "${state}"; it is "${await stateOf(page)}" and says: ${await textOf(page)}`,
    async () => (await stateOf(page)) === state,
    limitMs,
  );
}

/** Exactly these others have a tile. */
export function untilOthersAre(page, names, limitMs) {
  const wanted = [...names].sort().join();
  const others = async () =>
    Object.entries(await tilesOf(page))
      .filter(([, tile]) => !tile.self)
      .map(([name]) => name);
  return until(
    async () => `the others are ${wanted}; they are ${await others()}`,
    async () => (await others()).sort().join() === wanted,
    limitMs,
  );
}

/** From now on, of each of these, ten more frames are decoded and more sound is heard. */
export async function untilMediaFlow(page, names, limitMs = 40_000) {
  const nothing = { frames: 0, energy: 0 };
  const base = { ...(await tilesOf(page)) };
  const lacking = async () => {
    const now = await tilesOf(page);
    return names.filter((name) => {
      const tile = now[name] ?? nothing;
      const start = base[name] ?? nothing;
      // After a rejoin the tracks are new and count from 0.
      if (tile.frames < start.frames || tile.energy < start.energy) base[name] = nothing;
      return !(tile.frames >= start.frames + 10 && tile.energy > start.energy && tile.width > 0);
    });
  };
  await until(
    async () => `pictures and sound of ${await lacking()} arrive: ${JSON.stringify(await tilesOf(page))}`,
    async () => (await lacking()).length === 0,
    limitMs,
  );
}
