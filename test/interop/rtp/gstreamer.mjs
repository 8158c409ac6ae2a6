// GStreamer as an RTP peer; the same two functions as ffmpeg.mjs has. SRTP: all suites.
import { Program } from "../lib/program.mjs";

export const name = "GStreamer";
export const suites = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"];

const LIMIT_MS = 60_000;

// With the 32 bit tag, RTCP keeps 80 bits: RFC 4568, section 6.2.
const ciphers = {
  AES_CM_128_HMAC_SHA1_80: ["aes-128-icm", "hmac-sha1-80", "hmac-sha1-80"],
  AES_CM_128_HMAC_SHA1_32: ["aes-128-icm", "hmac-sha1-32", "hmac-sha1-80"],
  AEAD_AES_128_GCM: ["aes-128-gcm", "null", "null"],
  AEAD_AES_256_GCM: ["aes-256-gcm", "null", "null"],
};

const sources = {
  video: "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=10/1",
  audio: "audiotestsrc is-live=true freq=440 volume=0.5 ! audio/x-raw,rate=48000,channels=2",
};

const encoders = {
  VP8: "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=10 target-bitrate=100000 ! rtpvp8pay picture-id-mode=15-bit mtu=1200",
  VP9: "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=10 target-bitrate=100000 lag-in-frames=0 ! rtpvp9pay picture-id-mode=15-bit mtu=1200",
  H264: "openh264enc gop-size=10 bitrate=100000 complexity=low ! h264parse ! rtph264pay config-interval=-1 mtu=1200",
  opus: "opusenc bitrate=32000 ! rtpopuspay",
};

const decoders = {
  VP8: "rtpvp8depay ! vp8dec",
  VP9: "rtpvp9depay ! vp9dec",
  H264: "rtph264depay ! h264parse ! openh264dec",
  opus: "rtpopusdepay ! opusdec ! level interval=200000000",
};

function key(srtp) {
  return Buffer.from(srtp.keyBase64, "base64").toString("hex");
}

function protect(srtp) {
  const [cipher, rtpTag, rtcpTag] = ciphers[srtp.cryptoSuite];
  return `srtpenc name=guard key=${key(srtp)} rtp-cipher=${cipher} rtcp-cipher=${cipher} rtp-auth=${rtpTag} rtcp-auth=${rtcpTag}`;
}

/** Sends `codec` to {ip, port, rtcpPort} from the local `port`, and reports from `port` + 1 if there is an rtcpPort. */
export function send({ kind, codec, payloadType, ssrc, to, port, srtp }) {
  const out = `udpsink host=${to.ip} port=${to.port} bind-port=${port} sync=false async=false`;
  const reports = `udpsink host=${to.ip} port=${to.rtcpPort} bind-port=${port + 1} sync=false async=false`;
  const media = `${sources[kind]} ! ${encoders[codec]} pt=${payloadType} ssrc=${ssrc}`;
  const links = srtp
    ? [
        `${media} ! session.send_rtp_sink_0`,
        `session.send_rtp_src_0 ! guard.rtp_sink_0 ${protect(srtp)} guard.rtp_src_0 ! ${out}`,
        to.rtcpPort ? `session.send_rtcp_src_0 ! guard.rtcp_sink_0 guard.rtcp_src_0 ! ${reports}` : "",
      ]
    : [
        `${media} ! session.send_rtp_sink_0`,
        `session.send_rtp_src_0 ! ${out}`,
        to.rtcpPort ? `session.send_rtcp_src_0 ! ${reports}` : "",
      ];
  return launch(`rtpbin name=session ${links.join(" ")}`);
}

/** Returns { program, decoded }; `decoded` becomes { frames } of video, { samples, decibels } of audio. */
export function receive({ kind, codec, payloadType, clockRate, port, ssrc, srtp, frames }) {
  const form = `media=${kind},clock-rate=${clockRate},encoding-name=${codec.toUpperCase()},payload=${payloadType}`;
  const [cipher, rtpTag, rtcpTag] = srtp ? ciphers[srtp.cryptoSuite] : [];
  const caps = srtp
    ? `application/x-srtp,${form},ssrc=(uint)${ssrc},srtp-key=(buffer)${key(srtp)},srtp-cipher=${cipher},srtp-auth=${rtpTag},` +
      `srtcp-cipher=${cipher},srtcp-auth=${rtcpTag}`
    : `application/x-rtp,${form}`;
  // Reports that come to the same port are told apart by the session, after decryption.
  const path = `udpsrc port=${port} caps="${caps}" ${srtp ? "! srtpdec" : ""} ! ${decoders[codec]}`;
  const program = launch(`${path} ! fakesink num-buffers=${frames} silent=false sync=false`, ["-v", "-m"]);
  return { program, decoded: program.success(LIMIT_MS).then((output) => measured(kind, output)) };
}

// Words are split as a shell would, for gst-launch-1.0 puts them together again.
function launch(pipeline, flags = ["-q"]) {
  return new Program("gst-launch-1.0", [...flags, ...pipeline.trim().split(/\s+/).map((word) => word.replaceAll('"', ""))]);
}

function measured(kind, output) {
  const buffers = [...output.matchAll(/last-message = chain .*?\((\d+) bytes/g)];
  if (kind === "video") return { frames: buffers.length };
  const bytes = buffers.reduce((sum, [, length]) => sum + Number(length), 0);
  const level = [...output.matchAll(/ rms=\(GValueArray\)< (-?[\d.]+)/g)].at(-1);
  return { samples: bytes / 2, decibels: level ? Number(level[1]) : -Infinity };
}
