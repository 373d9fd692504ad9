#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const source = join(__dirname, '..', 'commands', 'cli.ts');
if (existsSync(source)) {
  // A cache in the temporary directory would outlive the command, and saves little.
  process.env.TSX_DISABLE_CACHE = '1';
  require('tsx/cjs');
  require(source);
} else {
  // The package holds what the sources were compiled to, and no compiler.
  require('../dist/commands/cli.js');
}
