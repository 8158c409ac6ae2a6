// One person in the call, as the page shows them.

export interface Participant {
  /** Names are unique in a room, so a participant who comes back takes the same tile again. */
  readonly name: string;
  readonly self: boolean;
  audio: MediaStreamTrack | undefined;
  video: MediaStreamTrack | undefined;
  /** Whether sound and picture are being sent; a picture may be on before its first frame is here. */
  microphoneOn: boolean;
  cameraOn: boolean;
  /** 0..1, read when asked. */
  level: () => number;
}
