// ffmpeg as an RTP peer. A sender makes up a picture or a tone until it is killed; a receiver decodes so many frames or
// samples, ends by itself and says how many there were. SRTP: the suites that ffmpeg has.
import { Program } from "../lib/program.mjs";

export const name = "ffmpeg";
export const suites = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"];

const LIMIT_MS = 60_000;

// Its other name for the suite with the 32 bit tag, AES_CM_..., would shorten RTCP's tag too, against RFC 4568, section 6.2.
const suiteNames = {
  AES_CM_128_HMAC_SHA1_80: "AES_CM_128_HMAC_SHA1_80",
  AES_CM_128_HMAC_SHA1_32: "SRTP_AES128_CM_HMAC_SHA1_32",
};

const encoders = {
  VP8: "-c:v libvpx -deadline realtime -cpu-used 8 -g 10 -b:v 100k",
  H264: "-c:v libx264 -profile:v baseline -preset ultrafast -tune zerolatency -g 10 -b:v 100k -bf 0",
  VP9: "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 10 -b:v 100k -lag-in-frames 0 -strict experimental",
  opus: "-c:a libopus -b:a 32k -ac 2",
};

const sources = {
  video: "testsrc=size=160x120:rate=10",
  audio: "sine=frequency=440:sample_rate=48000",
};

/**
 * Sends `codec` to {ip, port, rtcpPort} from the local `port` and its reports from `port` + 1: it cannot send both from one,
 * and a report comes first, so that a comedia transport must have two ports.
 */
export function send({ kind, codec, payloadType, ssrc, to, port, srtp }) {
  const address = `${srtp ? "srtp" : "rtp"}://${to.ip}:${to.port}?rtcpport=${to.rtcpPort ?? to.port}`;
  const secret = srtp ? ["-srtp_out_suite", suiteNames[srtp.cryptoSuite], "-srtp_out_params", srtp.keyBase64] : [];
  return new Program("ffmpeg", [
    ..."-hide_banner -nostdin -loglevel warning -re -f lavfi -i".split(" "),
    ...[sources[kind], ...encoders[codec].split(" "), "-pix_fmt", "yuv420p", "-threads", "1"],
    ...["-ssrc", String(ssrc), "-payload_type", String(payloadType), ...secret, "-f", "rtp"],
    `${address}&pkt_size=1200&localrtpport=${port}&localrtcpport=${port + 1}`,
  ]);
}

/** Returns { program, decoded }; `decoded` becomes { frames } of video, { samples, decibels } of audio. */
export function receive({ kind, codec, payloadType, clockRate, channels, port, srtp, frames }) {
  const description = [
    ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"],
    `m=${kind} ${port} RTP/${srtp ? "SAVP" : "AVP"} ${payloadType}`,
    `a=rtpmap:${payloadType} ${codec}/${clockRate}${channels ? `/${channels}` : ""}`,
    ...(codec === "H264" ? [`a=fmtp:${payloadType} packetization-mode=1`] : []),
    ...(srtp ? [`a=crypto:1 ${suiteNames[srtp.cryptoSuite]} inline:${srtp.keyBase64}`] : []),
  ];
  const measure = kind === "video" ? ["-frames:v", String(frames)] : ["-frames:a", String(frames), "-af", "volumedetect"];
  const program = new Program(
    "ffmpeg",
    [
      ..."-hide_banner -nostdin -loglevel info -nostats -protocol_whitelist pipe,rtp,udp -threads 1".split(" "),
      ..."-analyzeduration 500k -f sdp -i pipe:0".split(" "),
      ...[...measure, "-progress", "pipe:1", "-f", "null", "-"],
    ],
    { input: `${description.join("\n")}\n` },
  );
  return { program, decoded: program.success(LIMIT_MS).then((output) => measured(kind, output)) };
}

function measured(kind, output) {
  if (kind === "video") return { frames: Number(/frame=(\d+)\n(?!.*frame=\d+\n)/s.exec(output)?.[1] ?? 0) };
  return {
    samples: Number(/n_samples: (\d+)/.exec(output)?.[1] ?? 0),
    decibels: Number(/mean_volume: (-?[\d.]+) dB/.exec(output)?.[1] ?? -Infinity),
  };
}
