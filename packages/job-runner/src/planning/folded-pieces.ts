import { type Piece, PlanError, quoteForShell, type Sidecar } from '@galaxy-mesos/parallelism';
import { gatheredPieces } from './gathered-pieces.ts';

/**
 * Prints the pieces that are listed at `$at`, `$length` bytes long, in the file `$list`: of each file so long it must
 * be, then the pieces in order, of which dd says how much it was: a file may become shorter meanwhile, which is no
 * error to dd. A list or a script that was not there in full does not go unnoticed: both have an end.
 */
const script = `
tail -c "+$((at + 1))" < "$list" 2>/dev/null | head -c "$length" | (
  shorter() {
    printf '%s\\n' "$text is shorter than when the job was planned" >&2
    exit 1
  }
  exec 3>&1
  flags=skip_bytes,count_bytes,fullblock
  by=pipe
  if dd bs=1 iflag=$flags skip=0 count=0 status=none < /dev/null 2> /dev/null; then by=dd; fi
  while IFS=' ' read -r kind from count text; do
    text=\${text%.}
    case $kind,$by in
      size,*) [ "$(wc -c < "$text")" -ge "$count" ] || shorter ;;
      range,dd)
        said=$(LC_ALL=C dd bs=262144 iflag=$flags skip="$from" count="$count" < "$text" 2>&1 >&3) || {
          printf '%s\\n' "$said" >&2
          exit 1
        }
        case $said in *"
$count byte"*) ;; *) shorter ;; esac ;;
      range,*)
        tail -c "+$((from + 1))" < "$text" 2>/dev/null | head -c "$count" || exit 1
        [ "$(wc -c < "$text")" -ge "$((from + count))" ] || shorter ;;
      file,*) cat < "$text" || exit 1 ;;
      command,*) (eval "$text") < /dev/null || exit 1 ;;
      end,*) exit 0 ;;
    esac
  done
  echo 'the list of what a part is made of is not there in full' >&2
  exit 1
)
#end`;

/**
 * One piece in the place of many, which has little text of its own: small ones are in the sidecar themselves, and of
 * others the task reads there what they are.
 * @throws PlanError `NOT_QUOTABLE` if a path or a command has a line feed
 */
export async function foldedPieces(given: readonly Piece[], sidecar: Sidecar): Promise<readonly Piece[]> {
  const pieces = await gatheredPieces(given, sidecar);
  if (pieces.length <= 1) return pieces;
  const list = await sidecar.keep(Buffer.from(listOf(pieces)));
  const by = await sidecar.keep(Buffer.from(script));
  const command = [
    `list=${quoteForShell(list.path)} at=${list.offset} length=${list.length}`,
    `script=$(tail -c +${by.offset + 1} < "$list" 2>/dev/null | head -c ${by.length})`,
    `case $script in *'#end') eval "$script" ;; *) false ;; esac`,
  ];
  return [{ kind: 'command', command: command.join('; ') }];
}

/** Each line has a sign at its end, since blanks before it are lost else. */
function listOf(pieces: readonly Piece[]): string {
  const sizes = new Map<string, number>();
  for (const piece of pieces) {
    if (piece.kind !== 'range') continue;
    sizes.set(piece.path, Math.max(sizes.get(piece.path) ?? 0, piece.offset + piece.length));
  }
  const checks = [...sizes].map(([path, size]) => `size - ${size} ${oneLine(path)}.`);
  return [...checks, ...pieces.map(lineOf), 'end - - .', ''].join('\n');
}

function lineOf(piece: Piece): string {
  if (piece.kind === 'range') return `range ${piece.offset} ${piece.length} ${oneLine(piece.path)}.`;
  if (piece.kind === 'file') return `file - - ${oneLine(piece.path)}.`;
  return `command - - ${oneLine(piece.command)}.`;
}

function oneLine(text: string): string {
  if (!text.includes('\n')) return text;
  const shown = JSON.stringify(text.slice(0, 80));
  throw new PlanError(
    'NOT_QUOTABLE',
    `a part has many pieces, and ${shown}, of which one is, has a line feed`,
  );
}
