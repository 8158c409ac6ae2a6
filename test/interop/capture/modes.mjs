// What is captured: the file's name, the codec, and how Chromium is asked to send it. Sizes are the smallest at which it
// makes the wanted layers: its VP9 and AV1 encoders leave out spatial layers below 240x135, and those that the bit rate
// is too low for. Lower rates would keep the files smaller, but make it leave out pictures.
const LADDER = [
  { scaleResolutionDownBy: 4, maxBitrate: 110_000 },
  { scaleResolutionDownBy: 2, maxBitrate: 160_000 },
  { scaleResolutionDownBy: 1, maxBitrate: 280_000 },
];

const simulcast = (codec) => ({
  name: `${codec}-simulcast`,
  codec,
  size: [320, 192],
  fps: 30,
  seconds: 2.5,
  mode: "L1T3",
  encodings: LADDER.map((layer) => ({ ...layer, scalabilityMode: "L1T3" })),
});

const SIZES = { 1: [320, 192], 2: [480, 272], 3: [960, 544] };
const RATES = { 1: 400_000, 2: 450_000, 3: 800_000 };

function layered(codec, mode) {
  const spatial = Number(mode[1]);
  const maxBitrate = RATES[spatial] * (mode.startsWith("S") ? 1.25 : 1);
  const encodings = [{ maxBitrate, scalabilityMode: mode }];
  const name = `${codec}-${mode.toLowerCase().replace("_", "-")}`;
  return {
    name,
    codec,
    size: SIZES[spatial],
    fps: spatial === 1 ? 30 : 15,
    seconds: spatial === 3 ? 2 : 2.5,
    mode,
    encodings,
  };
}

// Of AV1 it sends nothing when asked for S3T3.
const SVC = ["L1T3", "L2T2_KEY", "L3T3", "L3T3_KEY", "L3T3h"];

export const modes = [
  simulcast("vp8"),
  layered("vp8", "L1T3"),
  simulcast("h264"),
  ...["vp9", "av1"].flatMap((codec) => [simulcast(codec), ...SVC.map((mode) => layered(codec, mode))]),
  layered("vp9", "S3T3"),
  layered("av1", "S2T3"),
];
