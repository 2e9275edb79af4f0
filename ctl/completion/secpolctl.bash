# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of secpolctl(1) for bash. What may come next, secpolctl itself knows.

_secpolctl() {
    local cur words cword line candidates=()
    COMPREPLY=()
    # With "=" taken for part of a word, --json=sh is one.
    _get_comp_words_by_ref -n =: cur words cword || return

    while IFS= read -r line; do
        candidates+=("${line%%$'\t'*}")
    done < <("${words[0]/#\~/$HOME}" --complete "${words[@]:1:cword}" 2>/dev/null)

    local value=$cur
    [[ $cur == --*=* ]] && value=${cur#*=}
    case ${candidates[0]-} in
    :files)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$value")
        ;;
    :directories)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$value")
        ;;
    :hosts)
        _known_hosts_real -a -- "$value"
        ;;
    *)
        COMPREPLY=("${candidates[@]}")
        ;;
    esac
    [[ ${COMPREPLY[0]-} == --*= ]] && compopt -o nospace
    # Where "=" is no word break, what stands before it is to be kept.
    if [[ $value != "$cur" && $COMP_WORDBREAKS != *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]/#/${cur%%=*}=}")
    fi
}

complete -F _secpolctl secpolctl
