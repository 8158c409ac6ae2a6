// A film that a page draws itself, as a track to be sent.

// No two pictures are alike, most of each is as it was: a stream of few bits in which a wrong reference shows.
function draw(canvas, number) {
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
}

export function film([width, height], fps) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.append(canvas);
  let number = 0;
  draw(canvas, number);
  setInterval(() => draw(canvas, ++number), 1000 / fps);
  const [track] = canvas.captureStream(fps).getVideoTracks();
  track.contentHint = "motion";
  return track;
}
