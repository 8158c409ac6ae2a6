// The plain transports at both ends of a path from one program to another, and what is produced and consumed on them.
import { randomBytes } from "node:crypto";
import { homeAddress } from "../../browser/lib/network.mjs";

const KEY_BYTES = {
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_CM_128_HMAC_SHA1_32: 30,
  AEAD_AES_128_GCM: 28,
  AEAD_AES_256_GCM: 44,
};

export const codecs = {
  VP8: { kind: "video", mimeType: "video/VP8", clockRate: 90000, payloadType: 101 },
  H264: {
    kind: "video",
    mimeType: "video/H264",
    clockRate: 90000,
    payloadType: 102,
    parameters: { "packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1 },
  },
  VP9: { kind: "video", mimeType: "video/VP9", clockRate: 90000, payloadType: 103 },
  opus: { kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2, payloadType: 100 },
};

export const mediaCodecs = Object.values(codecs).map(({ payloadType, ...codec }) => codec);

let lastPort = 20_000; // the namespace is the test's own: nobody else has ports there

/** The first of two free ports. */
export function portPair() {
  lastPort += 2;
  return lastPort;
}

function secretFor(cryptoSuite) {
  return cryptoSuite && { cryptoSuite, keyBase64: randomBytes(KEY_BYTES[cryptoSuite]).toString("base64") };
}

function createTransport(router, ip, { comedia = false, rtcpMux, suite }) {
  const protection = suite ? { enableSrtp: true, srtpCryptoSuite: suite } : {};
  return router.createPlainTransport({ listenInfo: { protocol: "udp", ip }, comedia, rtcpMux, ...protection });
}

/** The transport that a sender feeds from `port`. It is connected to that, or learns it. */
export async function inlet(router, ip, { comedia, rtcpMux, suite }, port) {
  const transport = await createTransport(router, ip, { comedia, rtcpMux, suite });
  const srtp = secretFor(suite);
  const from = comedia ? {} : { ip: homeAddress, port, ...(rtcpMux ? {} : { rtcpPort: port + 1 }) };
  if (!comedia || srtp) await transport.connect({ ...from, ...(srtp ? { srtpParameters: srtp } : {}) });
  const to = { ip, port: transport.tuple.localPort, rtcpPort: transport.rtcpTuple?.localPort };
  return { transport, srtp, to };
}

/** The transport that sends to a receiver at `port`. */
export async function outlet(router, ip, { rtcpMux, suite }, port) {
  const transport = await createTransport(router, ip, { rtcpMux, suite });
  const target = { ip: homeAddress, port, ...(rtcpMux ? {} : { rtcpPort: port + 1 }) };
  await transport.connect({ ...target, ...(suite ? { srtpParameters: secretFor(suite) } : {}) });
  return transport;
}

export function produce(transport, codec, ssrc, rtcpFeedback = []) {
  const { kind, mimeType, clockRate, channels, payloadType, parameters } = codecs[codec];
  const rtpParameters = {
    codecs: [{ mimeType, clockRate, channels, payloadType, parameters, rtcpFeedback }],
    encodings: [{ ssrc }],
    rtcp: { cname: `sender-${ssrc}` },
  };
  return transport.produce({ kind, rtpParameters });
}

/** A consumer as a program without repair and feedback wants it. */
export function consume(router, transport, producerId) {
  const plain = router.rtpCapabilities.codecs.filter(({ mimeType }) => !mimeType.endsWith("/rtx"));
  const rtpCapabilities = { codecs: plain.map((codec) => ({ ...codec, rtcpFeedback: [] })), headerExtensions: [] };
  return transport.consume({ producerId, rtpCapabilities });
}

/** What a program needs to know to receive this consumer at `port`; `frames` of it are to be decoded. */
export function reception(consumer, transport, codec, port, frames) {
  const { kind, clockRate, channels } = codecs[codec];
  const { codecs: sent, encodings } = consumer.rtpParameters;
  const stream = { payloadType: sent[0].payloadType, ssrc: encodings[0].ssrc, srtp: transport.srtpParameters };
  return { kind, codec, clockRate, channels, port, frames, ...stream };
}
