// A peer of the conference that is a page of a browser, as tests handle it.
import assert from "node:assert/strict";
import { until } from "../../browser/lib/wait.mjs";

const LIMIT_MS = 60_000;

export class PagePeer {
  /** With a `codec` the page sends camera and microphone; `side` is that of its worker. */
  static async open(browser, conference, { name, protocol = "udp", side = 0, codec }) {
    const peer = new PagePeer();
    Object.assign(peer, { name, protocol, conference });
    peer.page = await browser.newPage();
    const query = new URLSearchParams({ peer: name, protocol, side, ...(codec ? { codec } : {}) });
    await peer.page.goto(`${conference.url}?${query}`);
    assert.equal(await peer.page.evaluate(() => window.started), "");
    return peer;
  }

  /** Calls a method of the page's Client (client.mjs). */
  ask(method, ...words) {
    return this.page.evaluate(([name, list]) => window.call[name](...list), [method, words]);
  }

  /** Waits until what `method` tells is as wanted, and returns that. */
  async until(what, method, wanted) {
    let seen;
    const look = async () => {
      seen = await this.ask(method);
      assert.equal(seen.error, "");
      return wanted(seen) && seen;
    };
    return until(() => `${this.name} has ${what}; last seen ${JSON.stringify(seen)}`, look, LIMIT_MS);
  }

  /** So many frames are decoded and sound is heard, from one camera and one microphone. */
  untilMedia(frames) {
    const wanted = ({ framesDecoded, audioEnergy, kinds }) =>
      framesDecoded >= frames && audioEnergy > 0 && kinds.length === 2;
    return this.until("pictures and sound", "received", wanted);
  }

  async leave() {
    await this.page.close();
    this.conference.forget(this.name);
  }
}
