import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentJsonSchema } from '../contract/environment/environment';
import { environmentReference } from './environment-reference';

const PROJECT = join(__dirname, '..');

writeFileSync(
  join(PROJECT, 'environments', 'environment.schema.json'),
  `${JSON.stringify(environmentJsonSchema(), null, 2)}\n`,
);
writeFileSync(join(PROJECT, 'docs', 'environment-file.md'), environmentReference());
