// One person in the call, as the page shows them; or the screen that one shares, which has a tile of its own.

import type { Shown } from "./demand";
import type { PictureFigures } from "./figures";

export interface Participant {
  /** Names are unique in a room, so a participant who comes back takes the same tile again. A screen has its owner's. */
  readonly name: string;
  readonly self: boolean;
  /** Not a person: the screen of the one of this name. */
  readonly screen: boolean;
  audio: MediaStreamTrack | undefined;
  video: MediaStreamTrack | undefined;
  /** Whether sound and picture are being sent; a picture may be on before its first frame is here. */
  microphoneOn: boolean;
  cameraOn: boolean;
  /** 0..1, read when asked. */
  level: () => number;
  /** To be told how the picture of somebody else is shown: the right layers come by it. */
  show: (shown: Shown) => void;
  /** Of the picture; undefined while there are none. */
  figures: () => Promise<PictureFigures | undefined>;
}
