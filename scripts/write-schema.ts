import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentJsonSchema } from '../contract/environment';

const SCHEMA_FILE = join(__dirname, '..', 'environments', 'environment.schema.json');

writeFileSync(SCHEMA_FILE, `${JSON.stringify(environmentJsonSchema(), null, 2)}\n`);
