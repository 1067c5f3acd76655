# Makes ipcopy-run.5 from two files, in this order: ipcopy-run.5.in and doc/RUN.
# Empty lines divide doc/RUN into blocks. A block is a heading, a paragraph, a
# list of names with their meanings, or lines to be shown unchanged.

# Returns the column in which all meanings of a list begin. The names of the list
# stand to the left of this column. 0: the block is not a list.
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

# Returns the column of the first word after a gap, which is two or more spaces
# side by side behind the indent.
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

# Returns the names in a line of a list. Names that are so long that they reach
# into the column of the meanings have a line of their own.
function names_of(text, at,   names)
{
	names = text
	if (substr(text, at - 2, 2) == "  ")
		names = substr(text, 1, at - 1)
	gsub(/^ +| +$/, "", names)
	return names
}

# Prints a list. Names that fill more than one line make one tag together.
function put_list(line, n, at,   i, names, tag, alone)
{
	tag = ""
	for (i = 1; i <= n; i++) {
		names = names_of(line[i], at)
		alone = names != "" && substr(line[i], at - 2, 2) != "  "
		# If a line has only names and is short, these names are a tag without
		# a meaning. If it is long, the names may go on in the next line.
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
