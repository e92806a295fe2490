// The Chromium of all that needs one: named in `CHROMIUM_PATH`, else the system's, else Playwright's own.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const SYSTEM = "/usr/bin/chromium";

// Chromium takes the last list it is given, so that these are Playwright's as well, but for those of other browsers.
const WITHOUT = [
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "TcpPortRandomizationWin",
  "ThirdPartyStoragePartitioning",
  // Pages of the browser's own that nobody sees: of the work of a console test they are a third.
  "PreloadTopChromeWebUI",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxPopup",
  "WebUIOmniboxPopupDebug",
];

export const launchOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? (existsSync(SYSTEM) ? SYSTEM : undefined),
  // It looks for nothing outside of this machine.
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--disable-features=${WITHOUT.join()}`,
  ],
};

export const launch = () => chromium.launch(launchOptions);
