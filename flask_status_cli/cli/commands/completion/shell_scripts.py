"""What the shells are told: to ask us, and to take the answer line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "_FLASK_STATUS_COMPLETE"
"""The variable of the environment that names the shell that asks."""

BASH: Final = r"""_flask_status_completion() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            file) compopt -o default ;;
            =*) COMPREPLY+=("${line#=}") ;;
        esac
    done < <(
        COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$2" _FLASK_STATUS_COMPLETE=bash \
            "$1" </dev/null 2>/dev/null
    )
}
complete -o nosort -F _flask_status_completion flask-status
"""

ZSH: Final = r"""#compdef flask-status
_flask_status_completion() {
    local line files
    local -a before values shown
    before=("${(@Q)words[1,CURRENT-1]}")
    while IFS= read -r line; do
        case $line in
            file) files=1 ;;
            =*) values+=("${${line#=}%%$'\t'*}"); shown+=("${${line#=}//$'\t'/  -- }") ;;
        esac
    done < <(
        _FLASK_STATUS_COMPLETE=zsh COMP_WORDS="${(pj:\n:)before}" COMP_WORD="${(Q)PREFIX}" \
            ${words[1]} </dev/null 2>/dev/null
    )
    [[ $PREFIX == --*=* ]] && compset -P '*='
    if [[ -n $files ]]; then
        _files
    elif (( $#values )); then
        compadd -V routes -l -d shown -a values
    fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _flask_status_completion "$@"
else
    compdef _flask_status_completion flask-status
fi
"""

FISH: Final = r"""function __flask_status_completion
    set -l words (commandline -opc)
    set -lx _FLASK_STATUS_COMPLETE fish
    set -lx COMP_WORDS (string join \n -- $words | string collect)
    set -lx COMP_WORD (commandline -ct | string collect)
    for line in ($words[1] 2>/dev/null)
        switch $line
            case file
                __fish_complete_path $COMP_WORD
            case '=*'
                string sub -s 2 -- $line
        end
    end
end
complete -f -c flask-status -a '(__flask_status_completion)'
"""

SCRIPTS: Final[Mapping[str, str]] = {"bash": BASH, "zsh": ZSH, "fish": FISH}
