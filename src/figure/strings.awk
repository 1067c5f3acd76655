# Makes C strings of whole files: { "name", "text" }, for each, where the name
# is the file's without folder and, if `bare` is set, without extension.
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
