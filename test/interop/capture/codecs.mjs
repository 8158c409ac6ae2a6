// The video codecs of Chromium, as a router takes them.
const video = (mimeType, parameters = {}) => ({ kind: "video", mimeType, clockRate: 90000, parameters });
export const codecs = [
  video("video/VP8"),
  video("video/VP9", { "profile-id": 0 }),
  video("video/AV1"),
  video("video/H264", { "packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1 }),
];
