import { COMMAND } from '../shared/command-line';
import { environmentsDirectory } from '../shared/environment/environment-names';
import { synthesizeDirectory } from '../shared/environment/synthesis';
import { ExitCode } from '../shared/output/exit-code';
import { JsonReport, type JsonTarget } from '../shared/output/report';
import type { Terminal } from '../shared/output/terminal';
import { compareSnapshots, readSnapshots, type SnapshotComparison, writeSnapshots } from './comparison';
import { snapshotTexts } from './snapshot-texts';

export interface SnapshotOptions {
  readonly check?: boolean;
  /** Folder of the snapshots. */
  readonly snapshots: string;
  /** Folder of the environment files. */
  readonly environments?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

const FOUND = { same: 'same', changed: 'differs', missing: 'is missing', orphan: 'belongs to no stack' } as const;
const WRITTEN = { same: 'same', changed: 'updated', missing: 'new', orphan: 'deleted' } as const;

/** Synthesizes every environment, and compares the snapshots with it or writes them. */
export async function runSnapshot(options: SnapshotOptions): Promise<void> {
  const { check = false, snapshots, environments, json, quiet } = options;
  const report = new JsonReport(json, quiet);
  const committed = readSnapshots(snapshots);
  const synthesis = await synthesizeDirectory(environments ?? environmentsDirectory(), snapshotTexts);
  if ('refusal' in synthesis) {
    process.stderr.write(synthesis.refusal);
    process.exitCode = ExitCode.failure;
    return;
  }
  const files = compareSnapshots(committed, synthesis.result);
  const passed = !check || files.every(({ status }) => status === 'same');
  if (!check) writeSnapshots(snapshots, synthesis.result, files);
  report.write({ command: 'snapshot', snapshots, written: !check, files, passed });
  show(files, report.terminal, options);
  process.exitCode = passed ? ExitCode.success : ExitCode.failure;
}

function show(files: readonly SnapshotComparison[], terminal: Terminal, options: SnapshotOptions): void {
  const others = files.filter(({ status }) => status !== 'same');
  const say = (text: string): void => (options.check ? terminal.always(text) : terminal.line(text));
  for (const { file, status, difference } of others) {
    say(`${terminal.styled('bold', file)} ${options.check ? FOUND[status] : WRITTEN[status]}`);
    if (options.check) for (const line of difference) say(coloured(line, terminal));
  }
  const snapshots = `${files.length} ${files.length === 1 ? 'snapshot' : 'snapshots'} in ${options.snapshots}`;
  if (others.length === 0) terminal.line(`${snapshots}: no difference.`);
  else if (!options.check) terminal.line(`${snapshots}: ${others.length} changed.`);
  else {
    say(`\n${snapshots}: ${others.length} not as synthesized.`);
    say(`If that is intended, run \`${commandLine(options)}\` and commit the files.`);
  }
}

function coloured(line: string, terminal: Terminal): string {
  const style = ({ '-': 'red', '+': 'green', '@': 'dim' } as const)[line.charAt(0)];
  return style === undefined ? line : terminal.styled(style, line);
}

/** The command that writes what this one compared. */
function commandLine({ environments, snapshots }: SnapshotOptions): string {
  const folders = [
    ...(environments === undefined ? [] : [`--environments ${environments}`]),
    ...(snapshots === 'snapshots' ? [] : [`--snapshots ${snapshots}`]),
  ];
  return [COMMAND, 'snapshot', ...folders].join(' ');
}
