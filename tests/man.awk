# Prints the text of a manual page, without escapes.
#   -v want=options   each option of OPTIONS as its tag, a tab and its text, and
#                     the headings between them
#   -v want=examples  the lines of EXAMPLES; an empty line ends an example
#   -v want=TITLE     the text of the section or subsection with this title

# Returns the arguments of a macro, which may be in quotes.
function arguments(text, gap,   all, word)
{
	all = ""
	while (text != "") {
		sub(/^ +/, "", text)
		if (substr(text, 1, 1) == "\"") {
			text = substr(text, 2)
			word = index(text, "\"")
			word = word ? word : length(text) + 1
			all = all (all == "" ? "" : gap) substr(text, 1, word - 1)
			text = substr(text, word + 1)
		} else if (match(text, /^[^ ]+/)) {
			all = all (all == "" ? "" : gap) substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
		}
	}
	return all
}

function plain(text)
{
	gsub(/\\f[A-Z]/, "", text)
	if (text ~ /^\.[BIR] /)
		text = arguments(substr(text, 4), " ")
	else if (text ~ /^\.(BR|BI|RB|RI|IR|IB) /)
		text = arguments(substr(text, 5), "")
	gsub(/\\-/, "-", text)
	gsub(/\\&/, "", text)
	gsub(/\\e/, "\\", text)
	return text
}

function end_option(   n, tag, i)
{
	n = split(tags, tag, "\n")
	for (i = 1; i <= n; i++)
		if (want == "options")
			print tag[i] "\t" body
	tags = body = ""
}

/\\$/ { held = held substr($0, 1, length($0) - 1); next }

{ $0 = held $0; held = "" }

/^\.\\"/ { next }

/^\.S[HS] / {
	end_option()
	title = plain(substr($0, 5))
	gsub(/"/, "", title)
	if (/^\.SH/)
		section = title
	else if (want == "options" && section == "OPTIONS")
		print title ":"
	next
}

want == title && !/^\.(PP|IP|TP|TQ|in|EX|EE|nf|fi)/ { print plain($0) }

want == "examples" && section == "EXAMPLES" {
	if (/^\.EX/)
		on = 1
	else if (/^\.EE/)
		print ""
	if (/^\.EE/)
		on = 0
	if (on && !/^\.EX/)
		print plain($0)
}

section != "OPTIONS" { next }
/^\.TP/ { end_option(); tagged = 1; next }
/^\.TQ/ { tagged = 1; next }
tagged { tags = tags (tags == "" ? "" : "\n") plain($0); tagged = 0; next }
/^\.(PP|IP|in|EX|EE)/ { next }
{ body = body " " plain($0) }
END { end_option() }
