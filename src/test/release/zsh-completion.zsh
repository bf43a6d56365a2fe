# Prints the line that zsh makes of WORDS with the installed completion.
# usage: zsh -f zsh-completion.zsh SITE_FUNCTIONS WORDS EXPECTED     (waits until the line contains EXPECTED)
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; unsetopt zle_bracketed_paste; fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -u -D; echo READ''Y"
zpty -r shell line '*READY*'
zpty -w -n shell "$2"$'\t'
zpty -r shell line "*$3*" && print -r -- "$line"
zpty -d shell
