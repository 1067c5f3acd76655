# Makes ipcopy-run.5 from its head, ipcopy-run.5.in, and from doc/RUN, given in
# this order. A block of doc/RUN, between empty lines, is a heading, a paragraph,
# a list of names with their meanings, or lines to be shown unchanged.

# The names of a list begin in the column of its first line, and what they mean
# in a column that all its lines have in common; 0: this is no list.
function meaning_column(line, n,   i, at)
{
	for (i = 1; i <= n; i++) {
		if (match(line[i], /^ *[^ ].*[^ ]  +[^ ]/))
			at = gap_end(line[i])
		else if (match(line[i], /^             *[^ ]/))
			at = RLENGTH
		else
			continue
		return at <= WIDEST ? at : 0
	}
	return 0
}

# The column in which words go on after the first two spaces within a line.
function gap_end(text,   lead, rest)
{
	match(text, /^ */)
	lead = RLENGTH
	rest = substr(text, lead + 1)
	match(rest, /  +/)
	return lead + RSTART + RLENGTH
}

function escape(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/--/, "\\-\\-", text)
	if (text ~ /^[.']/)
		text = "\\&" text
	return text
}

function name(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/"/, "\\(dq", text)
	return text
}

function put(text)
{
	sub(/^ +/, "", text)
	print escape(text)
}

# Names that reach into the column of the meanings have their line alone.
function names_of(text, at,   names)
{
	names = text
	if (substr(text, at - 2, 2) == "  ")
		names = substr(text, 1, at - 1)
	gsub(/^ +| +$/, "", names)
	return names
}

# Several lines of names are one tag.
function put_list(line, n, at,   i, names, tag, alone)
{
	tag = ""
	for (i = 1; i <= n; i++) {
		names = names_of(line[i], at)
		alone = names != "" && substr(line[i], at - 2, 2) != "  "
		# names that say enough; a line that was wrapped is longer
		if (tag != "" && names != "" && length(line[i - 1]) < 60) {
			print ".B " name(tag)
			tag = ""
		}
		if (names != "") {
			if (tag == "")
				print ".TP"
			tag = tag (tag == "" ? "" : " ") names
		}
		if (alone || length(line[i]) < at)
			continue
		if (tag != "")
			print ".B " name(tag)
		tag = ""
		put(substr(line[i], at))
	}
}

function put_shown(line, n,   i)
{
	print ".PP\n.in +4n\n.EX"
	for (i = 1; i <= n; i++)
		print escape(substr(line[i], 5))
	print ".EE\n.in"
}

function put_paragraph(line, n,   i)
{
	if (!fresh)
		print ".PP"
	for (i = 1; i <= n; i++)
		put(line[i])
}

function put_block(text,   line, n, at)
{
	n = split(text, line, "\n")
	if (n >= 2 && line[2] ~ /^(---|===)/) {
		if (line[2] ~ /^-/)
			print ".SS " line[1]
		fresh = 1
		return
	}
	at = meaning_column(line, n)
	if (at && line[1] !~ /^ +ipcopy/)
		put_list(line, n, at)
	else if (text ~ /^    /)
		put_shown(line, n)
	else
		put_paragraph(line, n)
	fresh = 0
}

BEGIN {
	WIDEST = 21
	while ((getline text < ARGV[1]) > 0) {
		if (text == "@BODY@")
			break
		print text
	}
	head = ARGV[1]
	ARGV[1] = ""
	RS = ""
	fresh = 1
}

{ put_block($0) }

END {
	RS = "\n"
	while ((getline text < head) > 0)
		print text
}
