import { createInterface } from 'node:readline/promises';
import { UsageError } from './exit-code';

/**
 * Asks a person on the terminal to type one word.
 *
 * @param question What is asked, in whole sentences.
 * @param word What has to be typed, exactly.
 * @returns Whether it was.
 * @throws UsageError where nobody can answer.
 */
export async function confirmed(question: string, word: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    throw new UsageError({
      got: 'no terminal to ask on',
      rule: 'somebody confirms what is changed',
      fix: 'add --yes where nobody can be asked, such as in a pipeline',
    });
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await asking.question(`${question} Type ${word} to go on: `)).trim() === word;
  } finally {
    asking.close();
  }
}
