import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes files beside the stacks, for people and for other tools than Terraform.
 *
 * @param outdir Output directory of the app, which exists.
 * @param files Texts by their paths in that directory, with slashes.
 */
export function writeFiles(outdir: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(outdir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
