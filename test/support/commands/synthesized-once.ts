import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../temporary-directory';

type Synthesis = typeof import('../../../commands/shared/environment/synthesis');

/**
 * What the commands synthesize with, but a process is started only where the environments of a folder are others than all
 * before: `jest.mock(..., () => synthesizedOnce(jest.requireActual(...)))`.
 */
export function synthesizedOnce(actual: Synthesis): Synthesis {
  const known = new Map<string, { kept: string; said: Awaited<ReturnType<Synthesis['synthesizeInto']>> }>();
  const synthesizeInto: Synthesis['synthesizeInto'] = async (directory, outdir) => {
    const names = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
    const files = names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
    const key = JSON.stringify([directory, files]);
    const found = known.get(key) ?? { kept: temporaryDirectory('synthesized-'), said: undefined };
    const said = found.said ?? (await actual.synthesizeInto(directory, found.kept));
    known.set(key, { kept: found.kept, said });
    cpSync(found.kept, outdir, { recursive: true });
    return said;
  };
  return {
    synthesizeInto,
    synthesizeDirectory: async (directory, read) => {
      const outdir = temporaryDirectory('synthesized-');
      const { code, complaints } = await synthesizeInto(directory, outdir);
      return code === 0 ? { result: read(outdir) } : { refusal: complaints };
    },
  };
}
