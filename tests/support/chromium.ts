/** A real browser without a screen, which tells everything that went wrong in it and everybody that it asked. */
import type { TestContext } from "node:test";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { tempFolder } from "./temp.ts";

export const chromiumPath = "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export interface Browser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page, its console and its requests, and requests to another host than the page's. */
  readonly problems: readonly string[];
}

export interface BrowserOptions {
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly viewport?: { readonly width: number; readonly height: number };
}

export async function openBrowser(t: Pick<TestContext, "after">, { url, credentials, viewport = desktop }: BrowserOptions): Promise<Browser> {
  const context = await chromium.launchPersistentContext(tempFolder(t), {
    executablePath: chromiumPath,
    args,
    viewport,
    ...(credentials && { httpCredentials: credentials }),
  });
  t.after(() => context.close());
  const page = context.pages()[0] ?? (await context.newPage());
  const problems: string[] = [];
  const { host } = new URL(url);
  context.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.host !== host && !["data:", "blob:"].includes(asked.protocol)) problems.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== host) problems.push(`asked ${socket.url()}`);
  });
  await page.goto(url, { waitUntil: "domcontentloaded" });
  return { page, context, problems };
}

/** Whether a canvas shows anything but one colour, and a digest of what it shows, to see it change. */
export async function canvasOf(page: Page, selector: string): Promise<{ readonly colours: number; readonly digest: string }> {
  return page.locator(`${selector} canvas`).first().evaluate(lookAt);
}

/** Runs in the page. */
function lookAt(element: unknown): { colours: number; digest: string } {
  const canvas = element as {
    toDataURL(): string;
    width: number;
    height: number;
    getContext(kind: "2d"): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
  };
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set<number>();
  for (let i = 0; i < data.length; i += 4) colours.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
  const url = canvas.toDataURL();
  let digest = 0;
  for (let i = 0; i < url.length; i++) digest = (digest * 31 + url.charCodeAt(i)) | 0;
  return { colours: colours.size, digest: String(digest) };
}
