// One picture of somebody else: what is asked of the server for it, which layers come, and its figures.

import { parseScalabilityMode, type types } from "mediasoup-client";
import { Demand, type Shown } from "./demand";
import { type PictureFigures, ReceivedMeter } from "./figures";
import type { Layers, NewConsumer } from "./protocol";
import type { Signalling } from "./signalling";

export class Picture {
  /** What comes; null: nothing, undefined: the server has not said. */
  layers: Layers | null | undefined;
  private readonly demand: Demand;
  private readonly meter = new ReceivedMeter();

  constructor(
    private readonly consumer: types.Consumer,
    offer: NewConsumer,
    signalling: Signalling,
  ) {
    this.demand = new Demand(offer.consumerId, offer.layers ?? [], (method, data) => {
      // An error says that it was closed meanwhile (the event is on its way), or that the connection is gone.
      signalling.request(method, data).catch(() => {});
    });
  }

  show(shown: Shown): void {
    this.demand.show(shown);
  }

  async figures(): Promise<PictureFigures | undefined> {
    if (this.consumer.closed) return undefined;
    const received = this.meter.read((await this.consumer.getStats()).values());
    return received && { received, layers: this.layersInWords() };
  }

  close(): void {
    this.demand.close();
    this.consumer.close();
  }

  /** "S2/3 T3/3": the second of three sizes, all of three frame rates. */
  private layersInWords(): string {
    const mode = parseScalabilityMode(this.consumer.rtpParameters.encodings?.[0]?.scalabilityMode);
    if (!this.layers || (mode.spatialLayers <= 1 && mode.temporalLayers <= 1)) return "–";
    const { spatialLayer, temporalLayer } = this.layers;
    return `S${spatialLayer + 1}/${mode.spatialLayers} T${temporalLayer + 1}/${mode.temporalLayers}`;
  }
}
