# For other scripts, by -f: turns a line into the inside of a C string.
function escape(text,   part, n, i)
{
	# "&&" doubles the match. Backslashes in this place mean different
	# things in different awks.
	gsub(/\\/, "&&", text)
	n = split(text, part, "\"")
	text = part[1]
	for (i = 2; i <= n; i++)
		text = text "\\\"" part[i]
	return text
}
