// A film that a page draws itself, as a track to be sent.

// Grain that is never the same: an encoder needs all the bits it may have.
function makeGrain(width, height) {
  const grain = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  const context = grain.getContext("2d");
  const image = context.createImageData(grain.width, grain.height);
  for (let i = 0; i < image.data.length; i += 4) image.data.set([0, 0, 0, Math.random() * 60], i);
  context.putImageData(image, 0, 0);
  return grain;
}

// No two pictures are alike, most of each is as it was: a stream of few bits in which a wrong reference shows.
function draw(canvas, number, grain) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  context.fillStyle = "#205080";
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < 3; i += 1) {
    const angle = number / (11 + 5 * i) + i;
    context.fillStyle = `hsl(${(90 * i + number) % 360} 80% 50%)`;
    context.fillRect(
      width * (0.4 + 0.35 * Math.cos(angle)),
      height * (0.4 + 0.35 * Math.sin(angle)),
      width / 8,
      height / 6,
    );
  }
  context.fillStyle = "#fff";
  context.font = `${Math.round(height / 10)}px monospace`;
  context.fillText(String(number), 4, height - 8);
  if (grain) context.drawImage(grain, -Math.random() * width, -Math.random() * height);
}

/** `grain`: of as many bits as an encoder may spend. */
export function film([width, height], fps, { grain = false } = {}) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.append(canvas);
  const noise = grain && makeGrain(width, height);
  let number = 0;
  draw(canvas, number, noise);
  setInterval(() => draw(canvas, ++number, noise), 1000 / fps);
  const [track] = canvas.captureStream(fps).getVideoTracks();
  track.contentHint = "motion";
  return track;
}
