# The same sums as eastwest logs, in the simplest way that awk offers: fields split at quotes and blanks.
# Quotes in a user agent would break it.
BEGIN { FS = "\"" }
{
  if (NF != 13 || split($3, numbers, " ") != 5 || substr($1, 1, 1) != "[") { unparsed++; next }
  minute = substr($1, 2, 16)
  cells[minute " " numbers[1] " " $12]++
  durations[numbers[4] + 0]++
  requests++
}
END {
  for (cell in cells) { split(cell, part, " "); status[part[2]] += cells[cell]; host[part[3]] += cells[cell]; minutes[part[1]] += cells[cell] }
  for (s in status) print "status", s, status[s]
  for (h in host) print "host", h, host[h]
  for (m in minutes) print "minute", m, minutes[m]
  most = 0
  for (d in durations) if (d + 0 > most) most = d + 0
  split("0.5 0.9 0.99 0.999 1", wanted, " ")
  next_wanted = 1; sum = 0
  for (d = 0; d <= most && next_wanted <= 5; d++) if (d in durations) {
    sum += durations[d]
    while (next_wanted <= 5 && sum >= wanted[next_wanted] * requests) { print "latency", wanted[next_wanted], d; next_wanted++ }
  }
  print "requests", requests + 0, "unparsed", unparsed + 0
}
