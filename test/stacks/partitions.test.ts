import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsed, synthesizeAll } from '../support/synth/environments';
import { inPlace, PLACES, VARIETIES } from '../support/synth/varieties';

const PROJECT = join(__dirname, '..', '..');
/** Folders whose files name resources of AWS. */
const FOLDERS = ['backup', 'commands', 'constructs', 'contract', 'migrations', 'stacks'];
/** Where an ARN of the partition `aws` is right: examples in descriptions, and a rehearsal that has no AWS. */
const EXAMPLES = /^(?:contract\/environment\/|commands\/rehearse\/cluster\/secrets\.ts)/;
/** Two kinds of environments in turn. */
const ELSEWHERE = PLACES.filter(({ partition }) => partition !== 'aws').map((place, index) => ({
  ...place,
  variety: index % 2 === 0 ? ('serverless' as const) : ('terraform' as const),
}));

describe('the partition', () => {
  it.each(ELSEWHERE)('is that of $region in all that an environment ($variety) consists of', ({
    variety,
    ...place
  }) => {
    const { database, workload } = synthesizeAll(parsed(inPlace(VARIETIES[variety], place)), 'PEM');
    const texts = [database?.text ?? '', workload.text];
    expect(texts.flatMap((text) => text.match(/arn:aws:[^"]*/g) ?? [])).toEqual([]);
    // The domain of China is another one; service principals are the same everywhere.
    const hosts = texts.flatMap((text) => text.match(/[\w-]+\.[\w-]+\.amazonaws\.com(?!\.cn)/g) ?? []);
    if (place.partition === 'aws-cn') expect(hosts.filter((host) => host.includes(place.region))).toEqual([]);
  });

  it('is written down nowhere', () => {
    const files = FOLDERS.flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    ).filter((file) => /\.(?:ts|sh|sql)$/.test(file) && !EXAMPLES.test(file));
    expect(files.length).toBeGreaterThan(200);
    const lines = files.flatMap((file) =>
      readFileSync(join(PROJECT, file), 'utf8')
        .split('\n')
        // A comparison with the partition is no ARN.
        .filter(
          (line) =>
            line.includes('arn:aws:') && !line.includes("startsWith('arn:aws:')") && !/^\s*(?:\/\/|\*|#)/.test(line),
        )
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(lines).toEqual([]);
  });
});
