#!/usr/bin/env node
// A cache in the temporary directory would outlive the command, and saves little.
process.env.TSX_DISABLE_CACHE = '1';
require('tsx/cjs');
require('../commands/cli.ts');
