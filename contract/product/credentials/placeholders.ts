/** What is filled in later: variables of Kubernetes and of shells, and templates. */
const PLACEHOLDER =
  /\$\{\{[^}]{0,500}\}\}|\$\{[a-z][a-z0-9]*(?:-[a-z0-9]+)+\}|\{\{(?:[^{}]|\{\{[^{}]{0,200}\}\}|[{}](?![{}])){0,500}\}\}|\$\([^()]{0,500}\)|`[^`\n]{1,500}`|\$\{(?:env|file|sys|ssm|secrets?|secretsmanager|vault|aws|gcp|azure|cf|self|kv):[^}]{1,200}\}|\$\{[A-Za-z_][\w.]*(?::?\?[^}]{0,200}|(?::[-=+]?|[-+])([^}]{0,200})|[^}:]{0,100})\}|\$[A-Za-z_]\w*|%\([\w.]+\)s|%\{[A-Za-z_][\w.]*\}|%[A-Z_]{3,}%|<(?!\/)[^<>\n="']{1,80}(?<!\/)>|\[\[[^\]]{0,200}\]\]|(?<![\w:])@{1,2}[A-Za-z][A-Za-z_.-]{2,60}@{1,2}(?!\w)|__[A-Z][A-Z_]{2,60}__|#\{[^}]{1,80}\}#?/g;
/** What a template gives whatever is filled in, or where nothing is. */
const LITERAL = /^\{\{[^{}]*\bdefault\s+["'`]([^"'`{}]+)["'`]|^\{\{-?\s*["'`]([^"'`{}]+)["'`]\s*-?\}\}$/;
/** What stands for a value that is not shown, or not known yet. */
const MASK =
  /^(?:\*+|\.{3,}|…|x{4,}|X{4,}|-+|_+|\[?redacted\]?|CHANGE_ME|_+[A-Z_]+_+|(?:replace|insert|fill|put|set)[-_ ]?(?:me|with|in|by|at|your|this|here|real)(?![a-z]).*|change[-_ ]this.*|(?:from|see)[-_ ](?:the[-_ ])?(?:secret|vault|env|store|ssm|eso)s?|(?:managed|stored|injected|provided|mounted)[-_ ](?:by|in|from|via)[-_ ].*|your[-_. ].*|to[-_ ]?do|tbd)$/i;
/** Where another program finds the value: Vault, cloud secret managers, SOPS, 1Password, Kubernetes. */
const POINTER =
  /^(?:(?:vault|ref\+[\w-]+|secretref|secretkeyref|awssm|aws-?secrets?-?manager|awsssm|ssm|sm|gcpsm|gsm|azurekv|akv|keyvault|op|env|file|k8s|sops|bw|doppler|infisical|secret|conjur|akeyless):\S+|arn:aws[\w-]*:\S+|ENC\[.*\]|projects\/[\w-]+\/secrets\/\S+|@Microsoft\.KeyVault\(.*\)|!vault .*|alias\/\S+|[>@!]{0,2}[\w+.-]*(?:vault|secrets?-?manager|secret-?store|kms)[\w+.-]*:\S+)$/is;
/** The name of a constant or a variable, of several words. */
const CONSTANT = /^[A-Z]+(?:_[A-Z]+)+$/;
/** A command that prints the secret. */
const COMMAND = /^(?:kubectl|oc|aws|vault|gcloud|az|op|sops|pass|openssl|helm|cat)\s+[a-z/-]/;
/** A commented line of a configuration that shows which word or name to put there. */
const EXAMPLE = /^[ \t]*(?:#+|\/\/|;)[^\n]*[:=>][ \t]*["']?[a-z]+(?:[-_][a-z]+)*["']?,?[ \t]*$/gm;
const CHOICE =
  /^(?:true|false|yes|no|on|off|y|n|enabled?|disabled?|none|null|nil|undefined|auto|automatic|trace|debug|info|warn|warning|error|fatal|critical|optional|required|always|never|default|inherit|ignore|n\/a)$/i;
const AMOUNT =
  /^-?\d+(?:\.\d+)?\s?(?:ms|s|m|h|d|w|y|%|[kKMGT]i?B?)?$|^\d+ ?(?:second|minute|hour|day|week|month|year)s?(?:(?:,? and|,)? \d+ (?:second|minute|hour|day|week|month)s?)*$/;
const FILE =
  /^(?:~|\.{1,2}|\/[\w.@-]+|[A-Za-z]:\\[\w.-]+)?(?:[/\\][\w.@-]+)*[/\\][\w.@-]+\/?$|^[\w-]+\.(?:key|pem|crt|cer|cert|txt|json|ya?ml|conf|cfg|env|pub|jks|p12|pfx)$/;

/** A text without what is filled in later, and whether there was any. The default of a shell's variable stays. */
export function withoutPlaceholders(text: string): { readonly text: string; readonly found: boolean } {
  let found = false;
  const shown = text.replace(EXAMPLE, '');
  const rest = shown.replace(PLACEHOLDER, (whole: string, ofShell: string | undefined, at: number) => {
    const fallback =
      ofShell ||
      LITERAL.exec(whole)
        ?.slice(1)
        .find((literal) => literal !== undefined);
    if (fallback !== undefined) {
      const inner = withoutPlaceholders(fallback);
      found ||= inner.found;
      return inner.text;
    }
    found = true;
    // In `X=$(cat file) command` the command is no value, and neither is the text after `"X=$Y"`.
    return shown[at - 1] === '=' && /[ "']/.test(shown[at + whole.length] ?? '') ? "''" : '';
  });
  return { text: rest, found };
}

/** Whether a text says where a secret is, or stands for one, and holds none. */
export function standsForSecret(text: string): boolean {
  return (
    MASK.test(text) || CONSTANT.test(text) || COMMAND.test(text) || POINTER.test(text) || isFile(text.replace(/^@/, ''))
  );
}

/** Whether a text says in which manager of secrets the secret is, in a way that no address has. */
export function isPointer(text: string): boolean {
  return /^(?:vault|ref\+[\w-]+|akv|azurekv|keyvault|op|awssm|gcpsm|secretref):[^\s:]+$/i.test(text);
}

/** Whether a text is a switch or a choice. */
export function isChoice(text: string): boolean {
  return CHOICE.test(text);
}

/** Whether a text is a number, a duration or a size. */
export function isAmount(text: string): boolean {
  return AMOUNT.test(text);
}

/** Whether a text is the name of an object in Kubernetes or of a key in it, with or without its namespace, or a list of such. */
export function isObjectName(text: string): boolean {
  const name = '[a-z0-9](?:[a-z0-9._-]{0,80}[a-z0-9])?';
  return new RegExp(`^${name}(?:/${name})?(?:\\s*,\\s*${name}(?:/${name})?)*$`).test(text);
}

/** A path with words in it: one of a single random part is a secret that begins with a slash. */
function isFile(text: string): boolean {
  return (
    FILE.test(text) &&
    (/^\/(?:etc|home|mnt|nix|opt|proc|run|srv|tmp|usr|var)\//.test(text) || !/[A-Za-z0-9+]{24,}/.test(text))
  );
}
