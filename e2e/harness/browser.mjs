// Debian's own browser, without anything that calls home.
import { chromium } from "playwright-core";

export const PHONE = 360;
export const DESK = 1280;

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** What a browser of this width is: a phone with a finger, or a desk with a keyboard. */
export function frame(width, { js = true, scheme = "light", state } = {}) {
  const phone = width < 600;
  return {
    viewport: { width, height: phone ? 740 : 820 },
    isMobile: phone,
    hasTouch: phone,
    deviceScaleFactor: 1,
    javaScriptEnabled: js,
    colorScheme: scheme,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    acceptDownloads: true,
    storageState: state,
  };
}
