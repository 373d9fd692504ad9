import { cancel, isCancel, log, multiselect, select, text } from '@clack/prompts';
import { answerMistake, type Subnet } from './answers';
import type { Questioner, TextQuestion } from './questions';

/** Asks questions on the terminal. */
export const terminalQuestioner: Questioner = {
  async text(message: string, { initial, placeholder, validate }: TextQuestion) {
    return answerOf(
      await text({ message, placeholder, initialValue: initial, validate: (answer) => validate(answer ?? '') }),
    );
  },

  async choose(message: string, choices: readonly string[]) {
    return answerOf(await select({ message, options: choices.map((value) => ({ value, label: value })) }));
  },

  async chooseSeveral(message: string, choices: readonly Subnet[]) {
    const options = choices.map((value) => ({ value, label: value.id, hint: value.zone }));
    for (;;) {
      const chosen = answerOf(await multiselect({ message, options, initialValues: [...choices] }));
      const mistake = chosen && answerMistake({ subnets: chosen });
      if (mistake === undefined) return chosen;
      log.warn(mistake);
    }
  },

  note(message: string) {
    log.info(message);
  },
};

function answerOf<Answer>(answer: Answer): Exclude<Answer, symbol> | undefined {
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  cancel('Nothing was written.');
  return undefined;
}
