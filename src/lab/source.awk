# Makes C strings of the lines between the marks "lab: IDS" and "lab: end", so
# that the program has the source of its experiments. Does the same for the
# marks "exercise: NAME" and "exercise: end". Makes one entry for each id of a
# block.
/^\/\* (lab|exercise): end \*\/$/ {
	for (i = 1; i <= n; i++)
		printf "{ \"%s\",\n%s},\n", ids[i], body
	n = 0
	next
}
/^\/\* (lab: [A-Z0-9 ]+|exercise: [a-z -]+) \*\/$/ {
	line = $0
	sub(/^\/\* [a-z]+: /, "", line)
	sub(/ \*\/$/, "", line)
	n = split(line, ids, " ")
	body = ""
	next
}
n {
	body = body "\"" escape($0) "\\n\"\n"
}
FNR == 1 && n {
	print FILENAME ": a block of the file before has no end" > "/dev/stderr"
	exit 1
}
