import { directoryTaskStatuses as statuses } from '../statuses.ts';

/** Up to this many bytes a text is taken to be a script or a configuration, and not data. */
const textBytes = 1024 * 1024;

/** Makes the attempt's tree on a file system that agent and daemon share. */
export const sharedTreeFunctions = `
make_directories() {
  local directory missing=() all=("$attempt" "$tree" "\${layout[@]/#/$tree/}" "$tree/home" "$tree/tmp")
  if [[ $prepared ]]; then
    for directory in "\${all[@]}"; do [[ -d $directory ]] || missing+=("$directory"); done
    [[ \${#missing[@]} != 0 ]] || return 0
    all=("\${missing[@]}")
  fi
  must 'the directories of this attempt cannot be made' mkdir -- "\${all[@]}"
}

# Links those inputs that have no link yet, if some have one.
link_missing_inputs() {
  local file first missing=() files=("$job_directory/inputs"/*)
  for file in "\${files[@]}"; do
    [[ -L $tree/inputs/\${file##*/} ]] || missing+=("$file")
  done
  [[ \${#files[@]} == 0 || \${#missing[@]} != "\${#files[@]}" ]] || return 1
  for ((first = 0; first < \${#missing[@]}; first += 400)); do
    must 'the inputs of the job cannot be linked' cp -R -s -- "\${missing[@]:first:400}" "$tree/inputs/"
  done
}

make_tree() {
  [[ -d $job_directory ]] || fail ${statuses.unseen} "this machine does not see $job_directory"
  local entry files copied=() linked=()
  make_directories
  for entry in "$job_directory"/*; do
    case \${entry##*/} in
      home | tmp | return_code) continue ;;
      inputs) if [[ $prepared && -d $entry ]] && link_missing_inputs; then continue; fi ;;
    esac
    if [[ ! -L $entry && -d $entry ]]; then
      files=("$entry"/*)
      [[ \${#files[@]} != 0 ]] || continue
    fi
    case \${entry##*/} in
      working | outputs | metadata | configs | tool_files) copied+=("$entry") ;;
      *) if [[ -d $entry ]]; then linked+=("$entry"); else copied+=("$entry"); fi ;;
    esac
  done
  [[ \${#copied[@]} == 0 ]] || must 'the files of the job cannot be copied' \\
    cp -R -P --preserve=mode,timestamps -- "\${copied[@]}" "$tree/"
  # Real directories full of links: a tool may put an index beside its input, and that is this attempt's own.
  [[ \${#linked[@]} == 0 ]] || must 'the inputs of the job cannot be linked' cp -R -s -- "\${linked[@]}" "$tree/"
}
`;

/** Puts one path in the place of another in small texts, whatever characters they have. */
export const translateFunctions = `
# Whether a place in a text, between what is before and after, is where a path can begin and end. What stands
# before may be an option's letter (-I/path), but not a part of a longer path (/mnt/path).
is_path_place() {
  local before=$1 after=$2
  case $after in
    [A-Za-z0-9_$high-]* | .[A-Za-z0-9_.$high-]*) return 1 ;;
  esac
  [[ \${#before} -le 300 ]] || before=\${before:\${#before}-300}
  before=\${before##*[!A-Za-z0-9_.$high/-]}
  [[ $before == */* && $before != */ ]] && return 1
  return 0
}

# translate TEXT FROM TO
translate() {
  local rest=$1 from=$2 to=$3 before
  REPLY=
  while [[ $rest == *"$from"* ]]; do
    before=\${rest%%"$from"*}
    rest=\${rest:\${#before}+\${#from}}
    REPLY+=$before
    if is_path_place "$REPLY" "\${rest:0:2}"; then REPLY+=$to; else REPLY+=$from; fi
  done
  REPLY+=$rest
}

# Puts REPLY into a file; where that cannot be done, words tells why. See must.
print_into() {
  { printf %s "$REPLY" >"$1"; } 2>/dev/null && return
  words=$({ printf %s "$REPLY" >"$1"; } 2>&1)
}

# Does so in a file, unless it is none, too large, or no text: it then has a NUL byte, or ends too late.
translate_file() {
  local text= words
  [[ -f $1 && ! -L $1 && -s $1 && -r $1 ]] || return 0
  IFS= read -r -d '' -n ${textBytes} text <"$1" && return 0
  [[ $text == *"$2"* ]] || return 0
  translate "$text" "$2" "$3"
  [[ $REPLY != "$text" ]] || return 0
  [[ -w $1 ]] || must 'a text of the job cannot be changed' chmod u+w -- "$1"
  print_into "$1" || fail_with 'a text of the job cannot be changed' "$words"
}

translate_below() {
  local entry
  for entry in "$1"/*; do
    if [[ -L $entry ]]; then continue; fi
    if [[ -d $entry ]]; then translate_below "$entry" "$2" "$3"; else translate_file "$entry" "$2" "$3"; fi
  done
}

translate_top() {
  local entry
  for entry in "$tree"/*; do [[ -d $entry ]] || translate_file "$entry" "$1" "$2"; done
}

# The texts that lead the tool speak of the tree.
translate_in() {
  local LC_ALL=C words
  translate_outside
  translate_below "$tree/configs" "$job_directory" "$tree"
  translate_below "$tree/tool_files" "$job_directory" "$tree"
  translate_below "$tree/metadata" "$job_directory" "$tree"
  translate_top "$job_directory" "$tree"
  REPLY=$job_script$'\\n'
  print_into "$own/job_script.sh" || fail_with 'the job script cannot be written' "$words"
}

# What Galaxy reads speaks of the job's directory, as if there had been no tree.
translate_out() {
  local LC_ALL=C
  translate_below "$tree/metadata" "$tree" "$job_directory"
  translate_file "$tree/working/galaxy.json" "$tree" "$job_directory"
  translate_top "$tree" "$job_directory"
}
`;
