/** Puts in order what an attempt leaves behind: no link leads into the tree or to what only this agent sees. */
export const finishFunctions = `
# Puts the file that a link leads to in its place.
materialise() {
  must "the file that $1 is a link to cannot be copied" cp --remove-destination --preserve=mode -- "$2" "$1"
}

drop_link() {
  say "left out \${1#"$tree"/}: it is a link to $2, which is no file that this task can read, or not in the job"
  rm -f -- "$1"
}

# point LINK PATH: the path is relative to the job's directory
point() {
  if [[ $mode == shared ]]; then
    must 'a link cannot be changed' ln -s -f -n -- "$job_directory/$2" "$1"
  else
    links+=("$1" "$2")
  fi
}

# Whether a path of the tree stands for an input outside of the job's directory; REPLY is then where that is. The job's
# directory has nothing under this path.
is_of_outside() {
  local index
  for ((index = 0; index < \${#outside[@]}; index += 2)); do
    REPLY=\${outside[index]}
    [[ \${outside[index + 1]} != "$1" ]] || return 0
  done
  return 1
}

settle_dangling() {
  # It was taken away, with what it is for.
  if [[ $2 == "$tree"/* ]] && is_of_outside "\${2#"$tree"/}"; then settle_outside "$1" "$REPLY"; return; fi
  case $2 in
    "$tree"/*/../* | "$tree"/*/.. | ../* | */../* | */..) drop_link "$1" "$2" ;;
    "$tree"/*) point "$1" "\${2#"$tree"/}" ;;
    /*) drop_link "$1" "$2" ;;
    *) local place=\${1%/*}/$2; point "$1" "\${place#"$tree"/}" ;;
  esac
}

settle_file_of_tree() {
  local link=$1 target=$2 path=$3
  case $path in
    working/* | outputs/* | metadata/* | working | outputs | metadata) ;;
    inputs/* | unstructured/*)
      if ! was_given "$path" || is_of_outside "$path"; then settle_outside "$link" "$tree/$path"; return; fi ;;
    */*) settle_outside "$link" "$tree/$path"; return ;;
    *) if [[ -d $tree/$path ]]; then drop_link "$link" "$target"; return; fi ;;
  esac
  [[ $mode == shared && $target != /* && $path != inputs/* && $path != unstructured/* ]] || point "$link" "$path"
}

settle_outside() {
  if [[ -f $2 && -r $2 ]]; then materialise "$1" "$2"; else drop_link "$1" "$2"; fi
}

settle_link() {
  local target real
  [[ $real_job_directory ]] || real_job_directory=$(cd "$job_directory" 2>/dev/null && pwd -P) ||
    real_job_directory=$job_directory
  target=$(readlink -n -- "$1" && printf x)
  target=\${target%x}
  real=$(readlink -f -n -- "$1" && printf x)
  real=\${real%x}
  if [[ ! -e $1 ]]; then settle_dangling "$1" "$target"; return; fi
  case $real in
    "$tree"/*) settle_file_of_tree "$1" "$target" "\${real#"$tree"/}" ;;
    "$real_job_directory"/inputs/* | "$real_job_directory"/unstructured/*)
      point "$1" "\${real#"$real_job_directory"/}" ;;
    *) settle_outside "$1" "$real" ;;
  esac
}

# Pipes, sockets and devices are nothing that could be brought back.
settle_below() {
  local entry
  for entry in "$1"/*; do
    if [[ -L $entry ]]; then settle_link "$entry"
    elif [[ -d $entry ]]; then settle_below "$entry"
    elif [[ ! -f $entry ]]; then rm -f -- "$entry"
    fi
  done
}

settle() {
  local part entry LC_ALL=C
  links=()
  for part in working outputs metadata; do settle_below "$tree/$part"; done
  for entry in "$tree"/*; do
    if [[ -L $entry ]]; then settle_link "$entry"
    elif [[ ! -d $entry && ! -f $entry ]]; then rm -f -- "$entry"
    fi
  done
}
`;
