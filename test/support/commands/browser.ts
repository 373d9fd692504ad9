import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const QUIET = ['--disable-background-networking', '--disable-component-update'];

/** The browser of the machine; where CI requires it, its absence is a failure. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
  if (found !== undefined) return found;
  if (process.env.REQUIRE_BROWSER !== undefined) throw new Error(`CI requires a browser: none of ${NAMES.join(', ')}`);
  console.warn(`NOT RUN, because no browser is on the PATH: ${NAMES.join(', ')}`);
  return undefined;
}

/** A browser with a profile of its own, which is gone when it is closed. */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: [...ARGUMENTS, ...QUIET] });
}
