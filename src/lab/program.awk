# Makes a program of one file for each experiment, from the pieces of kit.c and
# of its own file that the experiment uses. Empty lines outside of braces
# separate pieces. A piece is used if it defines a name that occurs in another
# used piece. Prints { "ID", "text" }, for each experiment.
function braces(line,   opened, closed, copy)
{
	gsub(/\\./, "", line)
	gsub(/"[^"]*"/, "", line)
	gsub(/'[^']*'/, "", line)
	copy = line
	opened = gsub(/{/, "", copy)
	closed = gsub(/}/, "", line)
	return opened - closed
}
# Returns the names that a piece defines, with a blank before and after each.
function names(text,   code, head, found, n, word, i)
{
	code = text
	gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, "", code)
	gsub(/^[ \n]+/, "", code)
	if (code ~ /^#include/)
		return ""
	if (code ~ /^#define/) {
		n = split(code, word, /[^A-Za-z0-9_]+/)
		found = " "
		for (i = 1; i < n; i++)
			if (word[i] == "define")
				found = found word[i + 1] " "
		return found
	}
	head = code
	if (head ~ /^enum/) {
		gsub(/[^A-Za-z0-9_]+/, " ", head)
		return " " head " "
	}
	sub(/__attribute__\(\(format\([a-z, 0-9]*\)(, noreturn)?\)\) */, "", head)
	if (head ~ /^struct [a-z_]+ {/) {
		sub(/^struct /, "", head)
		sub(/ .*/, "", head)
		return " " head " "
	}
	sub(/[({=;\[].*/, "", head)
	n = split(head, word, /[^A-Za-z0-9_]+/)
	return " " (word[n] == "" ? word[n - 1] : word[n]) " "
}
function end_piece()
{
	if (piece ~ /[^ \n]/) {
		text[++pieces] = piece
		defines[pieces] = names(piece)
		file[pieces] = FNR_file
	}
	piece = ""
}
# Finds the pieces of this file and of the kit that an experiment uses.
function use(name, f,   i, j, n, word, todo, seen, code)
{
	delete used
	todo = " " name " "
	while (todo ~ /[^ ]/) {
		n = split(todo, word, " ")
		todo = ""
		for (j = 1; j <= n; j++) {
			if (word[j] in seen)
				continue
			seen[word[j]]
			for (i = 1; i <= pieces; i++) {
				if (used[i] || (file[i] != f && file[i] != kit) ||
				    !index(defines[i], " " word[j] " "))
					continue
				used[i] = 1
				code = text[i]
				gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, "", code)
				gsub(/"([^"\\]|\\.)*"/, " ", code)
				gsub(/[^A-Za-z0-9_]+/, " ", code)
				todo = todo " " code
			}
		}
	}
}
function put(line)
{
	print "\"" escape(line) "\\n\""
}
function put_text(body,   line, n, i)
{
	sub(/\n+$/, "", body)
	n = split(body, line, "\n")
	put("")
	for (i = 1; i <= n; i++)
		put(line[i])
}
# The claim as a comment of lines that fit a terminal.
function put_claim(id,   word, n, i, line)
{
	n = split(id ": " claim[id], word, " ")
	line = "/*"
	for (i = 1; i <= n; i++) {
		if (length(line " " word[i]) > 76) {
			put(line)
			line = "  "
		}
		line = line " " word[i]
	}
	put(line " */")
}
function put_includes(f,   i)
{
	put("#define _GNU_SOURCE")
	for (i = 1; i <= includes; i++)
		put(include[i])
}
function put_main(id,   again)
{
	if (second[id])
		again = sprintf("\tif (argc == 3) { /* started by lab_exec */\n\t\tstruct lab_side first = { .lab = l, .fd = atoi(argv[1]) };\n\n\t\t%s(&first, argv[2]);\n\t\treturn 0;\n\t}\n", second[id])
	put_text(sprintf("int main(%s)\n{\n\tstruct lab *l = mmap(NULL, sizeof(*l), PROT_READ | PROT_WRITE,\n\t\t\t     MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n\n\tif (l == MAP_FAILED)\n\t\treturn 1;\n\tl->pid = getpid();\n%s\t%s(l);\n\tlab_end(l, NULL);\n}", second[id] ? "int argc, char **argv" : "void", again, run[id]))
}
function put_program(id,   i, f)
{
	f = where[id]
	use(run[id] " lab_end " second[id], f)
	printf "{ \"%s\",\n", id
	put_claim(id)
	put("/* Try it: cc -Wall " id ".c -o " id " -pthread && ./" id " */")
	put_includes(f)
	for (i = 1; i <= pieces; i++)
		if (used[i] && file[i] == kit)
			put_text(text[i])
	for (i = 1; i <= pieces; i++)
		if (used[i] && file[i] == f)
			put_text(text[i])
	put_main(id)
	print "},"
}
FNR == 1 {
	end_piece()
	depth = 0
	FNR_file = FILENAME
	if (NR == 1)
		kit = FILENAME
}
/^#include </ {
	if (!($0 in has)) {
		has[$0]
		if (FNR_file == kit)
			include[++includes] = $0
	}
	next
}
/^#include|^#define _GNU_SOURCE|^\/\* lab: |^\/\* --- / {
	next
}
/\.id = "/ {
	id = $0
	sub(/.*\.id = "/, "", id)
	sub(/".*/, "", id)
	ids[++count] = id
	where[id] = FILENAME
}
/\.run = / {
	run[id] = $0
	sub(/.*\.run = /, "", run[id])
	sub(/[^a-z_0-9].*/, "", run[id])
}
/\.second = / {
	second[id] = $0
	sub(/.*\.second = /, "", second[id])
	sub(/[^a-z_0-9].*/, "", second[id])
}
/\.claim = / {
	in_claim = 1
}
# A claim may be a string of several lines.
in_claim {
	line = $0
	in_claim = line !~ /",$/
	sub(/^[^"]*"/, "", line)
	sub(/"[^"]*$/, "", line)
	claim[id] = claim[id] line
}
/^$/ && depth == 0 {
	end_piece()
	next
}
{
	piece = piece $0 "\n"
	depth += braces($0)
}
END {
	end_piece()
	for (i = 1; i <= count; i++)
		put_program(ids[i])
}
