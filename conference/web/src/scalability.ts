// Which scalability modes this browser encodes.

import type { Codec, Size } from "./encodings";

/** Those of `modes` that it can. A browser without media capabilities has none, and sends as it thinks fit. */
export async function scalabilityModes(codec: Codec, size: Size, modes: readonly string[]): Promise<Set<string>> {
  if (!knowsModes()) return new Set();
  const answers = await Promise.all(modes.map((mode) => canEncode(codec, size, mode)));
  return new Set(modes.filter((_, index) => answers[index]));
}

/** A browser that knows nothing of modes passes over the member, and says yes to every question about one. */
function knowsModes(): boolean {
  let read = false;
  const encoding = {
    get scalabilityMode() {
      read = true;
      return undefined;
    },
  };
  const connection = new RTCPeerConnection();
  try {
    connection.addTransceiver("video", { sendEncodings: [encoding as unknown as RTCRtpEncodingParameters] });
  } catch {
    read = false;
  }
  connection.close();
  return read;
}

async function canEncode(codec: Codec, { width, height }: Size, scalabilityMode: string): Promise<boolean> {
  const video = { contentType: `video/${codec}`, width, height, bitrate: 1_000_000, framerate: 30, scalabilityMode };
  try {
    return (await navigator.mediaCapabilities.encodingInfo({ type: "webrtc", video })).supported;
  } catch {
    return false;
  }
}
