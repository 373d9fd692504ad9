import { runProgram } from '../../commands/program';

/** Runs a command in this process, with these variables and no others of the contract. */
export async function runInProcess(
  environment: Readonly<Record<string, string>>,
  ...commandArguments: readonly string[]
): Promise<{ code: number; output: string }> {
  const former = process.env;
  let output = '';
  const write = (chunk: unknown): boolean => {
    output += String(chunk);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(write),
    jest.spyOn(process.stderr, 'write').mockImplementation(write),
    jest.spyOn(console, 'error').mockImplementation((text: unknown) => void write(`${text}\n`)),
  ];
  process.env = { PATH: former.PATH, ...environment };
  try {
    const code = await runProgram(commandArguments);
    return { code, output };
  } finally {
    process.env = former;
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
