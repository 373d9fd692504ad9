import type { ChildProcess } from 'node:child_process';

const STREAMS_MS = 3000;
const FIRST_CHANGE = /^ {2}(?:creating|updating|deleting) /m;

/** How a program ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A deployment in a process of its own. */
export interface Deploying {
  readonly child: ChildProcess;
  /** Resolves when the first object is being changed, or at the end. */
  readonly begun: Promise<unknown>;
  readonly ended: Promise<Ended>;
  /** All that it has said so far. */
  said(): string;
}

/** Follows a program that was started with pipes. */
export function followed(child: ChildProcess): Deploying {
  let text = '';
  let begin: () => void;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (FIRST_CHANGE.test(text)) begin();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    const end = (code: number | null): void => {
      begin();
      resolve({ code, said: text });
    };
    child.once('error', reject);
    child.once('close', end);
    // What a killed program leaves may hold its streams open.
    child.once('exit', (code) => setTimeout(end, STREAMS_MS, code).unref());
  });
  return { child, begun, ended, said: () => text };
}
