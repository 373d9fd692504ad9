import { PROGRAM } from '../shared/command-line';

/** Shells that there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = `# bash completion of ${PROGRAM}
_agent_bom_postgres() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
  # The word that bash replaces begins behind the equals sign.
  if [[ \${COMP_WORDS[COMP_CWORD]} == '=' || \${COMP_WORDS[COMP_CWORD - 1]} == '=' ]]; then
    COMPREPLY=("\${COMPREPLY[@]#*=}")
  fi
}
complete -o default -F _agent_bom_postgres ${PROGRAM}
`;

const ZSH = `#compdef ${PROGRAM}
# zsh completion of ${PROGRAM}
_agent_bom_postgres() {
  local -a lines
  lines=(\${(f)"$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#lines} == 0 )); then
    _files
    return
  fi
  # The text before the first colon is what is described.
  lines=("\${(@)lines/$'\\t'/:}")
  _describe '${PROGRAM}' lines
}
if [[ \${funcstack[1]} == _agent-bom-postgres ]]; then
  _agent_bom_postgres "$@"
else
  compdef _agent_bom_postgres ${PROGRAM}
fi
`;

const FISH = `# fish completion of ${PROGRAM}
function __agent_bom_postgres_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $lines) -eq 0
        __fish_complete_path "$current"
    else
        printf '%s\\n' $lines
    end
end
complete -c ${PROGRAM} -f -a '(__agent_bom_postgres_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

/** The completion script for a shell. */
export function shellScript(shell: Shell): string {
  return SCRIPTS[shell];
}
