# Writes the settings, then each input after a line of its own.
settings=$1 joined=$2
shift 2
cat "$settings" > "$joined"
for input; do
  echo "$SEPARATOR" >> "$joined"
  cat "$input" >> "$joined"
done
