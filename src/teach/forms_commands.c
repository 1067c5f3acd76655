/* Commands as people type them, of programs that most machines have. */
#include <stddef.h>

#include "teach/form.h"

#define KNOW_DD                                                       \
	"dd reads a block of bs bytes, or as many as there are, and " \
	"writes them with one call."
#define KNOW_CP                                                             \
	"cp asks the file system to let both files share blocks. If "       \
	"it refuses, cp calls copy_file_range (before coreutils 9.0: read " \
	"and write). The files lie in a "                                   \
	"file system of type {{fs}}."
#define KNOW_TEE                                                        \
	"tee writes all that it reads to its file and to its standard " \
	"output."

#define KNOW_LETTERS "IN has no other bytes than the letters from a to z."

const struct form forms_commands[] = {
	/* one program, programs one after the other, or a plain pipeline */
	{ .name = "dd",
	  .level = 1,
	  .know = KNOW_DD,
	  .tools = "dd",
	  .command = "dd if=IN of=OUT bs={{a}}" },
	{ .name = "dd-append",
	  .level = 1,
	  .like = "dd",
	  .know = KNOW_DD,
	  .tools = "dd",
	  .command = "dd if=IN bs={{a}} >>OUT" },
	{ .name = "dd-dd",
	  .level = 1,
	  .know = KNOW_DD,
	  .tools = "dd",
	  .command = "dd if=IN bs={{a}} | dd of=OUT bs={{b}}" },
	{ .name = "cats",
	  .level = 1,
	  .know = "cat calls read and write here, because its input or its "
		  "output is a pipe.",
	  .tools = "cat",
	  .command = "cat <IN | cat{{cats}} >OUT" },
	{ .name = "cp-never",
	  .level = 1,
	  .know = "With these options cp calls read and write.",
	  .tools = "cp",
	  .command = "cp --reflink=never --sparse=never IN OUT" },
	{ .name = "by-a-file",
	  .level = 1,
	  .know = KNOW_DD,
	  .tools = "dd",
	  .command = "dd if=IN of=A bs={{a}}; dd if=A of=OUT bs={{b}}" },
	{ .name = "tee-aside",
	  .level = 1,
	  .know = KNOW_TEE,
	  .tools = "tee wc",
	  .command = "tee OUT <IN | wc -c" },
	{ .name = "tee-cat",
	  .level = 1,
	  .know = KNOW_TEE,
	  .tools = "cat tee wc",
	  .command = "cat IN | tee OUT | wc -c" },
	{ .name = "cat-dd",
	  .level = 1,
	  .know = KNOW_DD,
	  .tools = "cat dd",
	  .command = "cat IN | dd of=OUT bs={{a}}" },
	{ .name = "tr",
	  .level = 1,
	  .know = KNOW_LETTERS,
	  .tools = "tr",
	  .command = "tr a-z b-za <IN >OUT",
	  .none = "tr brings bytes to OUT. Which reason fits this step?" },
	/* FIFOs, tee, a socket, and interpreters */
	{ .name = "fifo",
	  .level = 2,
	  .know = KNOW_DD,
	  .tools = "mkfifo cat dd",
	  .command = "mkfifo F; cat IN >F & dd if=F of=OUT bs={{a}}; wait" },
	{ .name = "two-fifos",
	  .level = 2,
	  .know = "cat calls read and write here.",
	  .tools = "mkfifo cat",
	  .command = "mkfifo F G; cat IN >F & cat F >G & cat G >OUT; wait" },
	{ .name = "tee-fifo",
	  .level = 2,
	  .know = KNOW_TEE,
	  .tools = "mkfifo tee cat",
	  .command = "mkfifo F; tee F <IN >/dev/null & cat F >OUT; wait" },
	{ .name = "tee-between",
	  .level = 2,
	  .know = KNOW_TEE,
	  .tools = "cat tee dd",
	  .command = "cat IN | tee A | dd of=OUT bs={{a}}" },
	{ .name = "socat",
	  .level = 2,
	  .know = "socat reads and writes blocks of 8 KiB; SYSTEM starts a "
		  "shell behind a socketpair.",
	  .tools = "socat cat",
	  .command = "socat -u FILE:IN SYSTEM:'cat >OUT'" },
	{ .name = "python-copyfile",
	  .level = 2,
	  .like = "sendfile",
	  .know = "shutil.copyfile calls sendfile.",
	  .tools = "python3",
	  .command = "python3 -c 'import shutil; "
		     "shutil.copyfile(\"IN\", \"OUT\")'" },
	{ .name = "tee-tee",
	  .level = 2,
	  .know = KNOW_TEE,
	  .tools = "tee",
	  .command = "tee A <IN | tee OUT >/dev/null" },
	{ .name = "by-tee-and-file",
	  .level = 2,
	  .know = KNOW_TEE " " KNOW_DD,
	  .tools = "cat tee dd",
	  .command = "cat IN | tee A >/dev/null; dd if=A of=OUT bs={{a}}" },
	{ .name = "perl-sysread",
	  .level = 2,
	  .know = "sysread and syswrite call read and write with a string of "
		  "perl as the buffer.",
	  .tools = "perl cat",
	  .command = "perl -e 'syswrite STDOUT, $b\n"
		     "    while sysread STDIN, $b, {{a}}' <IN | cat >OUT" },
	{ .name = "python-read",
	  .level = 2,
	  .know = "os.read and os.write call read and write.",
	  .tools = "python3 cat",
	  .command = "cat IN | python3 -c 'import os\n"
		     "b = os.read(0, {{a}})\n"
		     "while b:\n"
		     "    os.write(1, b)\n"
		     "    b = os.read(0, {{a}})' >OUT" },
	{ .name = "python-copyfileobj",
	  .level = 2,
	  .know = "copyfileobj reads and writes blocks of {{a}} bytes; files "
		  "that are opened with buffering 0 have no buffer.",
	  .tools = "python3",
	  .command = "python3 -c 'import shutil\n"
		     "shutil.copyfileobj(open(\"IN\", \"rb\", 0), "
		     "open(\"OUT\", \"wb\", 0), {{a}})'" },
	{ .name = "tr-fifo",
	  .level = 2,
	  .know = KNOW_LETTERS,
	  .tools = "mkfifo tr cat",
	  .command = "mkfifo F; tr a-z b-za <IN >F & cat F >OUT; wait",
	  .none = "tr brings bytes to the FIFO. Which reason fits this step?" },
	{ .name = "python-upper",
	  .level = 2,
	  .know = KNOW_LETTERS " upper turns them into capital letters.",
	  .tools = "python3",
	  .command = "python3 -c 'i, o = open(\"IN\", \"rb\", 0), "
		     "open(\"OUT\", \"wb\", 0)\n"
		     "o.write(i.read().upper())'",
	  .none = "python3 brings bytes to OUT. Which reason fits this step?" },
	/* commands that pass pages on, share blocks, or change the bytes */
	{ .name = "cp-reflink",
	  .level = 3,
	  .know = KNOW_CP,
	  .tools = "cp",
	  .command = "cp --reflink=auto --sparse=never IN OUT" },
	{ .name = "cp-cat",
	  .level = 3,
	  .know = KNOW_CP,
	  .tools = "cp cat",
	  .command = "cp --reflink=auto --sparse=never IN A; cat <A | cat "
		     ">OUT" },
	{ .name = "pv",
	  .level = 3,
	  .know = "pv calls splice where its input or output is a pipe.",
	  .tools = "pv cat",
	  .command = "pv -q IN | cat >OUT" },
	{ .name = "gzip-both",
	  .level = 3,
	  .tools = "gzip",
	  .command = "gzip -1 <IN | gzip -d >OUT",
	  .none = "gzip brings bytes to the pipe. Which reason fits this "
		  "step?" },
	{ .name = "base64",
	  .level = 3,
	  .like = "gzip-both",
	  .tools = "base64 cat",
	  .command = "base64 <IN | cat >OUT",
	  .none = "base64 brings bytes to the pipe. Which reason fits this "
		  "step?" },
	{ .name = "gzip-then",
	  .level = 3,
	  .know = KNOW_DD,
	  .tools = "gzip cat dd",
	  .command = "gzip -1 <IN >Z; cat <Z | dd of=OUT bs={{a}}",
	  .from = "Z" },
	{ .name = "zstd-then",
	  .level = 3,
	  .like = "gzip-then",
	  .know = KNOW_DD,
	  .tools = "zstd dd",
	  .command = "zstd -q -1 <IN >Z; dd if=Z of=OUT bs={{a}}",
	  .from = "Z" },
	{ .name = NULL },
};
