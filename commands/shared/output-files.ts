import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes files next to the synthesized stacks, for those who apply them by other means than Terraform.
 *
 * @param outdir Output directory of the app, which exists.
 * @param files Text of each file by its path below that directory, `<environment>/<file>`.
 */
export function writeOutputFiles(outdir: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(outdir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
