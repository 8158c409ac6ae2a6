// Our own icons: strokes on a 24 x 24 grid, coloured by the text around them, invisible to screen readers (the button
// that holds one carries the words).

const paths = {
  microphone: ["M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3z", "M5.5 11a6.5 6.5 0 0 0 13 0", "M12 17.5V21"],
  microphoneOff: [
    "M15 11.5v-5a3 3 0 0 0-5.8-1",
    "M9 9.5v2a3 3 0 0 0 4.6 2.5",
    "M5.5 11a6.5 6.5 0 0 0 10.3 5.3",
    "M18.5 11a6.5 6.5 0 0 1-.6 2.7",
    "M12 17.5V21",
    "M4 4l16 16",
  ],
  camera: [
    "M4.5 6.5h9a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5z",
    "M15 10.5l6-3v9l-6-3",
  ],
  cameraOff: [
    "M8.5 6.5h5A1.5 1.5 0 0 1 15 8v4.5",
    "M14.7 17a1.5 1.5 0 0 1-1.2.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.2-1.47",
    "M15 10.5l6-3v9l-3-1.5",
    "M4 4l16 16",
  ],
  screen: [
    "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15.5v-9A1.5 1.5 0 0 1 4.5 5z",
    "M8.5 20.5h7",
    "M12 14V8.5",
    "M9.5 11L12 8.5l2.5 2.5",
  ],
  screenOff: [
    "M8 5h11.5A1.5 1.5 0 0 1 21 6.5V16",
    "M18 17H4.5A1.5 1.5 0 0 1 3 15.5v-9A1.5 1.5 0 0 1 4 5",
    "M8.5 20.5h7",
    "M4 4l16 16",
  ],
  leave: ["M14 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H14", "M10.5 12H21", "M17 8l4 4-4 4"],
  link: [
    "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2",
    "M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2",
  ],
  people: [
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
    "M2.5 19.5a6.5 6.5 0 0 1 13 0",
    "M15.5 4.8a3.5 3.5 0 0 1 0 6.4",
    "M18 14a6.5 6.5 0 0 1 3.5 5.5",
  ],
  sound: ["M4 9.5v5h3.5l5 4v-13l-5 4z", "M16 9a4.2 4.2 0 0 1 0 6", "M18.7 6.3a8 8 0 0 1 0 11.4"],
  grid: ["M4 4.5h7v6.5H4zM13 4.5h7v6.5h-7zM4 13h7v6.5H4zM13 13h7v6.5h-7z"],
  speaker: ["M4 4.5h11v15H4zM17.5 4.5H20v3.5h-2.5zM17.5 10.2H20v3.6h-2.5zM17.5 16H20v3.5h-2.5z"],
  figures: ["M4 19.5h16", "M6.5 16v-4", "M11 16V5.5", "M15.5 16V9", "M20 16v-2.5"],
  pin: ["M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10z", "M12 13.5v7"],
  warning: ["M12 4l9 16H3z", "M12 10v4.5", "M12 17.3v.2"],
} as const;

export type IconName = keyof typeof paths;

const svgNamespace = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths[name]) {
    const path = document.createElementNS(svgNamespace, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** The water mark beside the product's name. */
export function logo(): SVGSVGElement {
  const svg = icon("sound");
  svg.setAttribute("class", "logo");
  svg.replaceChildren();
  for (const y of [7, 12, 17]) {
    const path = document.createElementNS(svgNamespace, "path");
    path.setAttribute("d", `M4 ${y}c2.7-2.5 5.3-2.5 8 0s5.3 2.5 8 0`);
    svg.append(path);
  }
  return svg;
}
