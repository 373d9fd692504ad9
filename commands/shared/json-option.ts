import { Option } from 'commander';

/** `--json [file]`, the same for every command. */
export function jsonOption(): Option {
  return new Option('--json [file]', 'write the report for machines: to this file, or alone to standard output');
}
