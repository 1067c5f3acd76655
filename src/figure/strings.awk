# Makes C strings of whole files: { "name", "text" }, for each, where the name
# is the file's without folder and, if `bare` is set, without extension.
function escape(text,   part, n, i)
{
	gsub(/\\/, "&&", text)
	n = split(text, part, "\"")
	text = part[1]
	for (i = 2; i <= n; i++)
		text = text "\\\"" part[i]
	return text
}
FNR == 1 {
	if (NR > 1)
		print "},"
	name = FILENAME
	sub(/^.*\//, "", name)
	if (bare)
		sub(/\.[^.]*$/, "", name)
	printf "{ \"%s\",\n", name
}
{
	print "\"" escape($0) "\\n\""
}
END {
	print "},"
}
