# Makes one line of neighbours that agree in the first `keys` columns: the others are added up.
function tell(  column, line) {
  if (!seen) return
  line = last
  for (column = keys + 1; column <= columns; column++) line = line "\t" total[column]
  print line
}
BEGIN { FS = "\t" }
{
  key = $1
  for (column = 2; column <= keys; column++) key = key "\t" $column
  if (key != last || !seen) {
    tell()
    split("", total)
    last = key
    columns = NF
    seen = 1
  }
  for (column = keys + 1; column <= NF; column++) total[column] += $column
}
END { tell() }
