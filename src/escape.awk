# For other scripts, by -f: a line as the inside of a C string.
function escape(text,   part, n, i)
{
	# "&&" doubles what was found; backslashes there mean something else in
	# every awk
	gsub(/\\/, "&&", text)
	n = split(text, part, "\"")
	text = part[1]
	for (i = 2; i <= n; i++)
		text = text "\\\"" part[i]
	return text
}
