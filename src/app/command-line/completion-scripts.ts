import type { SHELLS } from './commands.ts';

/**
 * The scripts that have a shell run `complete -- WORDS` at each Tab. It prints a line for each candidate: the value, a tab, and
 * what it is. Where it prints none, the shell completes names of files.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# bash completion for aiven-cmk-mcp
_aiven_cmk_mcp() {
  local IFS=$'\\n'
  COMPREPLY=($(aiven-cmk-mcp complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _aiven_cmk_mcp aiven-cmk-mcp`,

  zsh: `#compdef aiven-cmk-mcp
_aiven-cmk-mcp() {
  local -a candidates
  candidates=("\${(@f)$(aiven-cmk-mcp complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -z $candidates[1] ]]; then
    _files
    return
  fi
  candidates=("\${(@)candidates//:/\\\\:}")
  candidates=("\${(@)candidates/$'\\t'/:}")
  _describe 'aiven-cmk-mcp' candidates
}
if [[ $funcstack[1] == _aiven-cmk-mcp ]]; then
  _aiven-cmk-mcp "$@"
else
  compdef _aiven-cmk-mcp aiven-cmk-mcp
fi`,

  fish: `# fish completion for aiven-cmk-mcp
function __aiven_cmk_mcp_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (aiven-cmk-mcp complete -- $words[2..-1] 2>/dev/null)
    if test (count $candidates) -eq 0
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $candidates
    end
end
complete -c aiven-cmk-mcp -f -a '(__aiven_cmk_mcp_complete)'`,
};
