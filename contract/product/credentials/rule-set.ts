/** What is used of the rules of secretlint: each reports what it finds in a text. */
interface RulePreset {
  readonly rules: readonly {
    readonly meta: { readonly id: string };
    create(context: object, options: object): { file(source: object): unknown };
  }[];
}

type Scan = (text: string) => boolean;

let scan: Scan | undefined;

/** Whether the rules of secretlint find a credential in a text. They are loaded with the first text: most files have none. */
export function ruleSetFinds(text: string): boolean {
  scan ??= ruleSet();
  return scan(text);
}

function ruleSet(): Scan {
  const preset = require('@secretlint/secretlint-rule-preset-recommend') as RulePreset;
  const found: unknown[] = [];
  const context = {
    createTranslator: () => (message: string) => ({ message, messageId: message }),
    report: (report: unknown) => found.push(report),
    ignore: () => undefined,
    sharedOptions: {},
  };
  const rules = preset.rules
    .filter(({ meta }) => !meta.id.endsWith('-filter-comments'))
    .map((rule) => rule.create(context, { allows: [] }));
  return (content) => {
    found.length = 0;
    const source = { filePath: 'values.yaml', content, ext: '.yaml', contentType: 'text', hasBOM: false };
    for (const rule of rules) rule.file(source);
    return found.length > 0;
  };
}
