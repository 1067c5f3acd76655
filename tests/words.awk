# Prints each word of documents and manual pages once, on a line with the place
# of its first use. Leaves out code: blocks between ```, examples, text in
# backquotes, bold text of a manual page, and words that do not consist of
# letters, such as options, files and functions.

FNR == 1 { code = 0 }

/^```/ { code = !code }
/^\.EX/ { code = 1 }
/^\.EE/ { code = 0; next }
code || /^```/ || /^    [+@(]/ { next }

# leaves out escapes of manual pages, and macros, whose arguments are bold
FILENAME ~ /\.[1-8](\.in)?$/ {
	gsub(/\\f[BI][^\\]*\\f[RP]|\\f[BI][^\\]*$/, " ")
	gsub(/\\-/, "-")
	if (/^[.']/)
		next
}

{
	gsub(/`[^`]*`/, " ")
	gsub(/\]\([^)]*\)/, "] ")
	n = split($0, words, /[ \t]+/)
	for (i = 1; i <= n; i++)
		put(words[i])
}

function put(text,   parts, n, i)
{
	gsub(/^[("'*|\[]+|[]"'*|).,;:!?]+$/, "", text)
	n = split(text, parts, /-/)
	for (i = 1; i <= n; i++)
		if (parts[i] !~ /^[A-Z][a-z]+('s)?$|^[a-z]+('s)?$/)
			return
	for (i = 1; i <= n; i++)
		if (!(parts[i] in seen)) {
			seen[parts[i]]
			print FILENAME ":" FNR ":", parts[i]
		}
}
