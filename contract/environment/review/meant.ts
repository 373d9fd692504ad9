type Scale = readonly (readonly [unit: RegExp, size: number])[];

const TIME: Scale = [
  [/^(?:ms|milliseconds?)$/i, 0.001],
  [/^s(?:ecs?|econds?)?$/i, 1],
  [/^m(?:ins?|inutes?)?$/i, 60],
  [/^h(?:rs?|ours?)?$/i, 3600],
  [/^d(?:ays?)?$/i, 86_400],
  [/^w(?:eeks?)?$/i, 604_800],
  [/^mo(?:nths?)?$/i, 2_592_000],
  [/^y(?:ears?)?$/i, 31_536_000],
];
const STORAGE: Scale = [
  [/^m(?:i?b|i)?$/i, 1],
  [/^g(?:i?b|i)?$/i, 1024],
  [/^t(?:i?b|i)?$/i, 1_048_576],
];

/**
 * The number in a text with a unit, in the unit of its key: `2 weeks` are 14 days.
 *
 * @param unit Unit of the key; where it is none of time or storage, whatever the text has is left out.
 */
export function amountIn(text: string, unit: string): number | undefined {
  const [, amount, given = ''] = /^\s*(-?\d+(?:\.\d+)?)\s*([a-zA-Z%]+(?:\/s)?)\s*$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const scale = [TIME, STORAGE].find((one) => sizeOf(unit, one) !== undefined);
  if (scale === undefined) return Number(amount);
  const [from, to] = [given.replace(/\/s$/, ''), unit].map((one) => sizeOf(one, scale));
  return from === undefined || to === undefined ? undefined : (Number(amount) * from) / to;
}

function sizeOf(unit: string, scale: Scale): number | undefined {
  return scale.find(([pattern]) => pattern.test(unit))?.[1];
}

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

/** The toleration of a taint as kubectl writes it: `workload=security:NoSchedule`. */
export function taintIn(text: string): Readonly<Record<string, string>> | undefined {
  const [, key, value, effect] = /^([^\s=:]+)(?:=([^\s:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? [];
  if (key === undefined || effect === undefined) return undefined;
  return value ? { key, operator: 'Equal', value, effect } : { key, operator: 'Exists', effect };
}

/** Other spellings of a text, for a key that has its own: a schedule, a window, an address or its host, an id in an ARN, a version. */
export function spellingsOf(text: string): string[] {
  const fields = text.split(/\s+/);
  const [, hour, minute] = /^(\d?\d):(\d\d)(?: ?(?:utc|z))?$/i.exec(text) ?? [];
  const times = text.toLowerCase().replace(/(?<!\d)\d(?=:\d\d)/g, '0$&');
  const [, day = '', from, lastDay = day, to] =
    /^([a-z]{3})[a-z]*[ :]+(\d\d:\d\d) ?- ?(?:([a-z]{3})[a-z]*[ :]+)?(\d\d:\d\d)$/.exec(times) ?? [];
  return [
    MACROS[text.toLowerCase()],
    // Quartz begins with seconds, and writes a question mark for any day.
    fields.slice(-5).join(' ').replaceAll('?', '*'),
    hour === undefined ? undefined : `${Number(minute)} ${Number(hour)} * * *`,
    /\d:\d\d/.test(times) ? times.replace(/\s+/g, '') : undefined,
    from === undefined ? undefined : `${day}:${from}-${lastDay}:${to}`,
    text.replace(/^http:/i, 'https:'),
    text.replace(/^v(?=\d+(?:\.\d+){2}$)/i, ''),
    /^\d+(?:\.\d+){3}$/.test(text) ? `${text}/32` : undefined,
    /^[\w-]+(?:\.[\w-]+)+(?:[:/]\S*)?$/.test(text) ? `https://${text}` : undefined,
    text.replace(/^[a-z][a-z0-9]*:\/\//i, '').replace(/\/+$/, ''),
    /^arn:\S*[:/]([^\s:/]+)$/.exec(text)?.[1],
    /^[a-z][a-z0-9]*:\/\/([^\s/:?#@]+)(?::\d+)?(?:[/?#]|$)/i.exec(text)?.[1],
  ].filter((spelling) => spelling !== undefined);
}
