// Real browsers without a window, with cameras and microphones that are made up. Both kinds give pages with the same few
// methods: goto, evaluate, press, click, reload, close.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { prepare } from "./probe.mjs";

const chromiumFlags = [
  "--no-sandbox",
  "--use-fake-device-for-media-stream=fps=15",
  "--use-fake-ui-for-media-stream",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-gpu",
];

/**
 * `where` is the start of a command that enters another network namespace (Network.inAway()). Sound plays at once, as it
 * does for people who have used the page before, unless `autoplay` is another of Chromium's policies. `flags` are more of
 * its words.
 */
export async function launchChromium({ where = [], autoplay = "no-user-gesture-required", flags = [] } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "sluice-chromium-"));
  const wrapper = path.join(folder, "chromium");
  writeFileSync(wrapper, `#!/bin/sh\nexec ${where.join(" ")} /usr/bin/chromium "$@" 2> /dev/null\n`);
  chmodSync(wrapper, 0o755);
  const browser = await chromium.launch({
    executablePath: wrapper,
    args: [...chromiumFlags, ...flags, `--autoplay-policy=${autoplay}`],
  });
  return {
    newPage: async ({ camera, ...options } = {}) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      await page.addInitScript(prepare, camera);
      return {
        raw: page,
        goto: (url) => page.goto(url),
        evaluate: (work, argument) => page.evaluate(work, argument),
        press: (key) => page.keyboard.press(key),
        click: (selector) => page.click(selector),
        reload: () => page.reload(),
        close: () => context.close(),
      };
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const firefoxPreferences = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.autoplay.default": 0,
  "media.peerconnection.video.start_bitrate": 2000,
};

export async function launchFirefox() {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: firefoxPreferences,
  });
  return {
    newPage: async () => {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(prepare);
      return {
        prepare: (work) => page.evaluateOnNewDocument(work),
        goto: (url) => page.goto(url),
        evaluate: (work, argument) => page.evaluate(work, argument),
        press: (key) => page.keyboard.press(key),
        click: (selector) => page.click(selector),
        reload: () => page.reload(),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}
