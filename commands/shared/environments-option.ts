import { Option } from 'commander';

/** `--environments <directory>`, the same for every command that reads environment files. */
export function environmentsOption(): Option {
  return new Option(
    '--environments <directory>',
    'folder of the environment files (default: ENVIRONMENTS_DIR, or environments)',
  );
}
