#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

if (existsSync(join(__dirname, '..', 'commands', 'cli.ts'))) {
  require('./from-source').run('commands/cli.ts');
} else {
  // The package contains what the sources were compiled to, and no compiler.
  require('../commands/cli.js');
}
