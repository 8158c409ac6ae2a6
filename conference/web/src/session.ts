// One stay in a room over one signalling connection: two transports, what we send, what we receive. When it ends, for
// whatever reason, it is over: the call joins again with a new one.

import { Device, type types } from "mediasoup-client";
import { type Codec, codecs } from "./encodings";
import type { PictureFigures } from "./figures";
import { IceKeeper } from "./ice_keeper";
import type { LocalMedia } from "./media";
import type { Direction, Events, JoinAnswer, PeerInfo } from "./protocol";
import { Publisher, type Sent } from "./publisher";
import { Receiver, type RemoteTrack } from "./receiver";
import { RequestError, Signalling } from "./signalling";

/** The version of docs/signalling.md that this page speaks. */
const protocolVersion = 1;

const broken = "Connection lost, trying again…";
const blocked = "Sound and pictures do not get through to the server, trying again. A firewall may be in the way.";

/** Why a session ended: the signalling connection, the media connection or the worker was lost. */
export type EndReason = "connection" | "media" | "worker";

export interface Identity {
  room: string;
  name: string;
  rejoinKey?: string;
}

export interface SessionHandlers {
  /** Peers, tracks or their state changed. */
  changed: () => void;
  peerJoined: (name: string) => void;
  peerLeft: (name: string) => void;
  /** Something of our own could not be sent. */
  notice: (text: string) => void;
  /** A sentence while something hangs, "" when it is well again. */
  trouble: (text: string) => void;
  ended: (reason: EndReason) => void;
}

export class Session {
  readonly peers = new Map<string, PeerInfo>();
  /** Ours. */
  peerId = "";
  /** Who has the floor: one of the peers, or ourselves. */
  speakerId: string | null = null;
  /** Lets the next session take this one's place. */
  rejoinKey: string | undefined;
  private signalling!: Signalling;
  private publisher: Publisher | undefined;
  private receiver: Receiver | undefined;
  private readonly transports: types.Transport[] = [];
  private readonly keepers: IceKeeper[] = [];
  /** Events that come while joining wait here for its end. */
  private early: Events[] | undefined = [];
  private open = true;
  private hanging = false;
  private readonly mediaChanged = () => this.publish();

  private constructor(
    private readonly media: LocalMedia,
    private readonly handlers: SessionHandlers,
  ) {}

  /** Rejects with a RequestError, or with mediasoup-client's own when the browser cannot do it. */
  static async join(who: Identity, media: LocalMedia, handlers: SessionHandlers): Promise<Session> {
    const session = new Session(media, handlers);
    try {
      await session.start(who);
    } catch (error) {
      session.open = false; // The caller hears of it by the rejection alone.
      session.close();
      throw error;
    }
    return session;
  }

  /** Of what we send. */
  async figures(): Promise<PictureFigures | undefined> {
    return this.publisher?.figures();
  }

  get tracks(): Iterable<RemoteTrack> {
    return this.receiver?.tracks.values() ?? [];
  }

  close(): void {
    this.open = false;
    this.media.removeEventListener("change", this.mediaChanged);
    for (const keeper of this.keepers) keeper.close();
    for (const transport of this.transports) transport.close();
    this.receiver?.close();
    this.signalling?.close();
  }

  private async start(who: Identity): Promise<void> {
    this.signalling = await Signalling.open({
      event: (event) => this.receive(event),
      hanging: (hanging) => {
        this.hanging = hanging;
        this.reportTrouble();
      },
      closed: () => this.end("connection"),
    });
    const device = await Device.factory();
    await this.begin(device, who);
    const early = this.early ?? [];
    this.early = undefined;
    for (const event of early) this.receive(event);
    this.publish();
  }

  private async begin(device: Device, who: Identity): Promise<void> {
    const answer = await this.signalling.request("join", { version: protocolVersion, ...who });
    this.rejoinKey = answer.rejoinKey;
    this.peerId = answer.peerId;
    this.speakerId = answer.activeSpeaker;
    for (const peer of answer.peers) this.peers.set(peer.peerId, peer);
    await device.load({ routerRtpCapabilities: answer.routerRtpCapabilities });
    const sender = await this.createTransport(device, "send", answer);
    const receiver = await this.createTransport(device, "recv", answer);
    this.publisher = new Publisher(sender, this.signalling, this.media, device, codecOfAddress());
    this.receiver = new Receiver(receiver, this.signalling);
    this.media.addEventListener("change", this.mediaChanged);
  }

  private async createTransport(device: Device, direction: Direction, answer: JoinAnswer): Promise<types.Transport> {
    const { transportId, ...parameters } = await this.signalling.request("createTransport", {
      direction,
      ...(direction === "recv" ? { rtpCapabilities: device.recvRtpCapabilities } : {}),
    });
    const options = { id: transportId, iceServers: answer.iceServers ?? [], ...parameters };
    const transport = direction === "send" ? device.createSendTransport(options) : device.createRecvTransport(options);
    this.transports.push(transport);
    transport.on("connect", ({ dtlsParameters }, done, failed) => {
      this.signalling.request("connectTransport", { transportId, dtlsParameters }).then(done, failed);
    });
    transport.on("produce", ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, layers } = appData as Sent;
      this.signalling
        .request("produce", { transportId, kind, source, paused: false, rtpParameters, layers })
        .then(({ producerId }) => done({ id: producerId }), failed);
    });
    this.keepers.push(
      new IceKeeper(transport, this.signalling, {
        mayRestart: () => !this.hanging,
        trouble: () => this.reportTrouble(),
        lost: () => this.end("media"),
      }),
    );
    return transport;
  }

  private publish(): void {
    this.publisher?.sync().catch((error: unknown) => {
      if (error instanceof RequestError && error.isAnswer) this.handlers.notice(error.message);
      else this.end("media");
    });
  }

  private receive(event: Events): void {
    if (!this.open) return;
    // The server closes the connection right after this one: it must not wait.
    if (event.event === "workerDied") this.end("worker");
    else if (this.early) this.early.push(event);
    else this.handle(event);
  }

  private handle(event: Events): void {
    const { receiver, handlers } = this;
    switch (event.event) {
      case "peerJoined":
        this.peers.set(event.data.peerId, event.data);
        handlers.peerJoined(event.data.name);
        break;
      case "peerLeft": {
        const peer = this.peers.get(event.data.peerId);
        this.peers.delete(event.data.peerId);
        if (peer) handlers.peerLeft(peer.name);
        break;
      }
      case "newConsumer":
        receiver?.add(event.data).then(handlers.changed, () => this.end("media"));
        return;
      case "consumerClosed":
        receiver?.remove(event.data.consumerId);
        break;
      case "consumerPaused":
      case "consumerResumed":
        receiver?.setPaused(event.data.consumerId, event.event === "consumerPaused");
        break;
      case "layersChanged":
        receiver?.setLayers(event.data.consumerId, event.data.layers);
        return;
      case "layersWanted":
        this.publisher?.setWanted(event.data.producerId, event.data.layers);
        return;
      case "activeSpeaker":
        this.speakerId = event.data.peerId;
        break;
      default:
        return;
    }
    handlers.changed();
  }

  private reportTrouble(): void {
    if (!this.open || this.early) return; // While joining the call says so itself.
    const troubled = this.keepers.filter((keeper) => keeper.troubled);
    if (troubled.some((keeper) => !keeper.wasConnected)) this.handlers.trouble(blocked);
    else this.handlers.trouble(this.hanging || troubled.length > 0 ? broken : "");
  }

  private end(reason: EndReason): void {
    if (!this.open) return;
    this.close();
    this.handlers.ended(reason);
  }
}

/** "?codec=VP9" in the page's address: for those who compare. Everybody has VP8, and three sizes of it. */
function codecOfAddress(): Codec {
  const wanted = new URLSearchParams(location.search).get("codec")?.toUpperCase();
  return codecs.find((codec) => codec === wanted) ?? "VP8";
}
