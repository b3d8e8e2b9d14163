# For every coding sequence of a FASTA file: name, bases, percentage of G and C in all bases (GC) and in the third
# bases of codons (GC3), separated by tabs. POSIX awk. No line depends on another record, so that the results of the
# parts of a file, put one after the other, are the result of the whole file.

function report(    codon, third, base) {
  if (name == "") return
  for (codon = 1; 3 * codon <= length(sequence); codon++) {
    base = substr(sequence, 3 * codon, 1)
    if (base == "G" || base == "C") third++
  }
  bases = length(sequence)
  if (codon == 1) printf "%s\t%d\t-\t-\n", name, bases
  else printf "%s\t%d\t%.1f\t%.1f\n", name, bases, 100 * gsub(/[GC]/, "", sequence) / bases, 100 * third / (codon - 1)
}

{ sub(/\r$/, "") }
/^>/ { report(); name = substr($1, 2); sequence = ""; next }
{ sequence = sequence toupper($0) }
END { report() }
