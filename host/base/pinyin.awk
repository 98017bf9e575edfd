# Unihan_Readings.txt to a C table: for each character the set of letters its readings begin with.
BEGIN {
  FS = "\t"
  for (i = 0; i < 16; i++) hex[substr("0123456789ABCDEF", i + 1, 1)] = i
  first = 13312 # U+3400
  last = 40959  # U+9FFF
  # Readings that begin with a vowel carry its tone mark.
  split("ā á ǎ à ē é ě è ề ế ō ó ǒ ò ḿ ń ň ǹ", marks, " ")
  split("a a a a e e e e e e o o o o m n n n", plain, " ")
}
$2 == "kMandarin" || $2 == "kTGHZ2013" || $2 == "kHanyuPinlu" {
  code = 0
  for (i = 3; i <= length($1); i++) code = code * 16 + hex[substr($1, i, 1)]
  if (code < first || code > last) next
  count = split($3, readings, /[ ,]/)
  for (r = 1; r <= count; r++) {
    text = readings[r]
    sub(/^[0-9.]*:/, "", text)
    letter = substr(text, 1, 1)
    for (m = 1; m in marks; m++) if (index(text, marks[m]) == 1) letter = plain[m]
    at = index("abcdefghijklmnopqrstuvwxyz", letter)
    if (at && !((code, at) in seen)) {
      seen[code, at] = 1
      mask[code] += 2 ^ (at - 1)
    }
  }
}
END {
  print "/* Made by the Makefile; see pinyin.awk. */"
  print "#define PINYIN_FIRST " first "u"
  print "#define PINYIN_LAST " last "u"
  print "static const uint32_t PINYIN_MASKS[] = {"
  for (code = first; code <= last; code++)
    printf "%d,%s", mask[code], (code - first) % 16 == 15 ? "\n" : ""
  print "};"
}
