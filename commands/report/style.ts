import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The style of the page, with what browsers send for a line end. */
export const STYLE = readFileSync(join(__dirname, 'style.css'), 'utf8').replaceAll('\r\n', '\n');
