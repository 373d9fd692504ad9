import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from './temporary-directory';

/** A machine with these programs before its own, each the text of a shell script. They write down what they are asked. */
export class Machine {
  readonly root = temporaryDirectory('tools-');
  private path = `:${process.env.PATH}`;

  constructor(programs: Readonly<Record<string, string>>) {
    mkdirSync(this.file('bin'));
    for (const [name, text] of Object.entries(programs)) this.program(join('bin', name), text);
  }

  program(name: string, text: string): void {
    const file = this.file(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/bash\nprintf '%s\\n' "$(basename "$0") $*" >>'${this.file('calls')}'\n${text}\n`, {
      mode: 0o755,
    });
  }

  file(name: string): string {
    return join(this.root, name);
  }

  /** Takes all programs away but its own and these. */
  keepOnly(...tools: string[]): void {
    for (const tool of tools) {
      const { stdout: path } = spawnSync('bash', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
      symlinkSync(path.trim(), this.file(join('bin', tool)));
    }
    this.path = '';
  }

  /** Runs a script as a shell in this directory would; the calls are those since the last run. */
  run(script: string, ...words: string[]) {
    writeFileSync(this.file('calls'), '');
    const env = { ...process.env, PATH: `${this.file('bin')}${this.path}`, GOFLAGS: '' };
    const { status, stdout, stderr } = spawnSync('/bin/bash', [script, ...words], {
      cwd: this.root,
      env,
      encoding: 'utf8',
    });
    const short = (text: string) => text.replaceAll(this.root, '~');
    return {
      status,
      stdout: short(stdout),
      stderr: short(stderr),
      calls: short(readFileSync(this.file('calls'), 'utf8')).split('\n'),
    };
  }
}
