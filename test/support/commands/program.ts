import { runProgram } from '../../../commands/program';

/** What a command wrote, and the code that it ended with. */
export interface ProgramRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they were written. */
  readonly output: string;
}

/** Runs a command in this process, with these variables and no others of the contract. */
export async function runInProcess(
  environment: Readonly<Record<string, string>>,
  ...commandArguments: readonly string[]
): Promise<{ code: number; output: string }> {
  const { code, output } = await runWithStreams(environment, ...commandArguments);
  return { code, output };
}

/** The same, with what went to standard output and to standard error apart. */
export async function runWithStreams(
  environment: Readonly<Record<string, string>>,
  ...commandArguments: readonly string[]
): Promise<ProgramRun> {
  const former = process.env;
  const written = { stdout: '', stderr: '', output: '' };
  const write =
    (stream: 'stdout' | 'stderr') =>
    (chunk: unknown): boolean => {
      written[stream] += String(chunk);
      written.output += String(chunk);
      return true;
    };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(write('stdout')),
    jest.spyOn(process.stderr, 'write').mockImplementation(write('stderr')),
    jest.spyOn(console, 'error').mockImplementation((text: unknown) => void write('stderr')(`${text}\n`)),
  ];
  process.env = { PATH: former.PATH, ...environment };
  try {
    const code = await runProgram(commandArguments);
    return { code, ...written };
  } finally {
    process.env = former;
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
