// The messages of docs/signalling.md, as types.

import type { types } from "mediasoup-client";
import type { Size } from "./encodings";

export type SourceName = "microphone" | "camera" | "screen";

export interface ErrorAnswer {
  code: string;
  field?: string;
  message: string;
}

export interface ProducerInfo {
  producerId: string;
  kind: types.MediaKind;
  source: SourceName;
  paused: boolean;
}

export interface PeerInfo {
  peerId: string;
  name: string;
  producers: ProducerInfo[];
}

export interface JoinAnswer {
  peerId: string;
  rejoinKey: string;
  routerRtpCapabilities: types.RtpCapabilities;
  iceServers?: RTCIceServer[];
  peers: PeerInfo[];
  activeSpeaker: string | null;
}

export interface NewConsumer {
  consumerId: string;
  producerId: string;
  peerId: string;
  kind: types.MediaKind;
  source: SourceName;
  paused: boolean;
  rtpParameters: types.RtpParameters;
  /** Of video: the size of each spatial layer, the lowest first; empty if the sender did not tell. */
  layers?: Size[];
}

/** What of a consumer is sent: counted from 0, the lowest. */
export interface Layers {
  spatialLayer: number;
  temporalLayer: number;
}

export type Direction = "send" | "recv";

export interface TransportAnswer {
  transportId: string;
  iceParameters: types.IceParameters;
  iceCandidates: types.IceCandidate[];
  dtlsParameters: types.DtlsParameters;
}

type Nothing = Record<string, never>;

/** What the page asks, and what the answer carries. */
export interface Requests {
  join: {
    data: { version: number; room: string; name: string; rejoinKey?: string };
    answer: JoinAnswer;
  };
  createTransport: {
    data: { direction: Direction; rtpCapabilities?: types.RtpCapabilities };
    answer: TransportAnswer;
  };
  connectTransport: { data: { transportId: string; dtlsParameters: types.DtlsParameters }; answer: Nothing };
  restartIce: { data: { transportId: string }; answer: { iceParameters: types.IceParameters } };
  produce: {
    data: {
      transportId: string;
      kind: types.MediaKind;
      source: SourceName;
      paused: boolean;
      rtpParameters: types.RtpParameters;
      layers?: Size[] | undefined;
    };
    answer: { producerId: string };
  };
  pauseProducer: { data: { producerId: string }; answer: Nothing };
  resumeProducer: { data: { producerId: string }; answer: Nothing };
  closeProducer: { data: { producerId: string }; answer: Nothing };
  consumerReady: { data: { consumerId: string }; answer: Nothing };
  pauseConsumer: { data: { consumerId: string }; answer: Nothing };
  resumeConsumer: { data: { consumerId: string }; answer: Nothing };
  setLayers: { data: { consumerId: string; spatialLayer: number; temporalLayer?: number }; answer: Nothing };
  setPriority: { data: { consumerId: string; priority: number }; answer: Nothing };
  ping: { data: Nothing; answer: Nothing };
}

/** What the server says of its own accord; events that this page has no use for are left out. */
export type Events =
  | { event: "peerJoined"; data: PeerInfo }
  | { event: "peerLeft"; data: { peerId: string } }
  | { event: "newConsumer"; data: NewConsumer }
  | { event: "consumerClosed"; data: { consumerId: string } }
  | { event: "consumerPaused"; data: { consumerId: string } }
  | { event: "consumerResumed"; data: { consumerId: string } }
  | { event: "layersChanged"; data: { consumerId: string; layers: Layers | null } }
  | { event: "layersWanted"; data: { producerId: string; layers: Layers | null } }
  | { event: "activeSpeaker"; data: { peerId: string | null } }
  | { event: "workerDied"; data: { message: string } };

export type ServerMessage = Events | { id: number; data?: unknown; error?: ErrorAnswer };
