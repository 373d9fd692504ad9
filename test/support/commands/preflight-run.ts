import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { COMPLETE, type Programs } from './preflight';
import { runInProcess } from './program';
import { StandIns } from './stand-ins';

/** Runs `preflight` on an environment of its own, where all is in place but for what is changed. A describe block makes one. */
export class PreflightRun {
  private current: { readonly programs: StandIns; readonly environments: string } | undefined;

  constructor() {
    // Each run starts some fifty programs.
    jest.setTimeout(180_000);
    beforeEach(() => {
      this.current = { programs: new StandIns(), environments: mkdtempSync(join(tmpdir(), 'environments-')) };
      jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{}', { status: 200 }));
    });
    afterEach(() => {
      jest.restoreAllMocks();
      this.programs.remove();
      rmSync(this.environments, { recursive: true });
    });
  }

  /** The programs that the command finds. */
  get programs(): StandIns {
    return this.now.programs;
  }

  /** Folder of the environment file. */
  get environments(): string {
    return this.now.environments;
  }

  private get now() {
    if (this.current === undefined) throw new Error('no test is running');
    return this.current;
  }

  /** Has the programs answer as they do where all is in place, but for what is changed. */
  answer(change: Partial<Programs>): void {
    for (const name of ['terraform', 'aws', 'kubectl'] as const)
      this.programs.write(name, { ...change[name], ...COMPLETE[name], ...change[name] });
  }

  /** Runs the command with the programs as they are. */
  async run(environment: object, variables: Readonly<Record<string, string>> = {}, ...flags: string[]) {
    writeFileSync(join(this.environments, 'a.yaml'), stringify(environment));
    const all = { PATH: this.programs.directory, ENVIRONMENTS_DIR: this.environments, ...variables };
    const { code, output } = await runInProcess(all, 'preflight', 'prod', ...flags);
    return { code, output, report: output.startsWith('{') ? JSON.parse(output) : undefined };
  }
}
