// Requests of real peers: GStreamer makes a key frame only when it is asked to. The receiver is late, asks, and the
// worker passes that on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { homeAddress, Network, serverAddress } from "../../browser/lib/network.mjs";
import { until } from "../../browser/lib/wait.mjs";
import { Program } from "../lib/program.mjs";
import { endWorker, startWorker } from "../lib/worker.mjs";
import { mediaCodecs, portPair, produce } from "./plain_path.mjs";

const FRAMES = 15;
const SSRC = 4_242;
const LIMIT_MS = 60_000;

let network;
let worker;
let router;

before(async () => {
  network = await Network.create();
  worker = await startWorker(network.inServer());
  router = await worker.createRouter({ mediaCodecs });
});

after(async () => {
  if (worker) await endWorker(worker);
  network?.close();
});

// A transport with two ports, connected to those at home: RTP at `port`, RTCP at the next.
async function connected(port) {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: "udp", ip: serverAddress },
    rtcpMux: false,
  });
  await transport.connect({ ip: homeAddress, port, rtcpPort: port + 1 });
  return transport;
}

const launch = (flags, pipeline) => new Program("gst-launch-1.0", [...flags, ...pipeline.trim().split(/\s+/)]);

// Of the two RTCP directions it needs only the one from the worker.
function startSender(transport, port) {
  return launch(
    ["-q"],
    `rtpbin name=session rtp-profile=avpf
     videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=10/1
     ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=1000000 target-bitrate=100000
     ! rtpvp8pay pt=101 ssrc=${SSRC} mtu=1200 ! session.send_rtp_sink_0
     session.send_rtp_src_0 ! udpsink host=${serverAddress} port=${transport.tuple.localPort} bind-port=${port} sync=false
     udpsrc port=${port + 1} caps=application/x-rtcp ! session.recv_rtcp_sink_0`,
  );
}

// It needs only the one to the worker.
function startReceiver(transport, payloadType, port) {
  const form = `media=video,clock-rate=90000,encoding-name=VP8,payload=${payloadType},rtcp-fb-nack-pli=(boolean)true`;
  return launch(
    ["-v"],
    `rtpbin name=session rtp-profile=avpf
     udpsrc port=${port} caps=application/x-rtp,${form} ! session.recv_rtp_sink_0
     session. ! rtpvp8depay wait-for-keyframe=true request-keyframe=true ! vp8dec ! fakesink num-buffers=${FRAMES} silent=false
     session.send_rtcp_src_0 ! udpsink host=${serverAddress} port=${transport.rtcpTuple.localPort} bind-port=${port + 1}
     sync=false async=false`,
  );
}

test("a decoder that comes late is given a key frame when it asks", async (t) => {
  const ports = { sender: portPair(), receiver: portPair() };
  const inlet = await connected(ports.sender);
  const outlet = await connected(ports.receiver);
  const producer = await produce(inlet, "VP8", SSRC, [{ type: "nack", parameter: "pli" }]);
  const consumer = await outlet.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
  const outbound = async () => (await consumer.getStats()).find(({ type }) => type === "outbound-rtp");
  const sender = startSender(inlet, ports.sender);
  let receiver;
  try {
    // The key frame that the new consumer had asked for is gone before anybody listens.
    const flows = async () => (await outbound())?.packetCount > 2 * FRAMES;
    await until(() => `packets to nobody; the sender says: ${sender.output}`, flows, LIMIT_MS);
    const { pliCount: before } = await outbound();
    const { payloadType } = consumer.rtpParameters.codecs[0];
    receiver = startReceiver(outlet, payloadType, ports.receiver);
    const output = await receiver.success(LIMIT_MS);
    const frames = [...output.matchAll(/last-message = chain/g)].length;
    const { pliCount, packetsLost, roundTripTime } = await outbound();
    t.diagnostic(JSON.stringify({ frames, pliCount, before, packetsLost, roundTripTime }));
    assert.ok(frames >= FRAMES && pliCount > before);
    assert.ok((await producer.getStats())[0].pliCount > 0);
  } finally {
    await Promise.all([sender.kill(), receiver?.kill()]);
  }
});
