# Makes TAP of what a guest said on its console. Variables: kernel, the name of
# its kernel; n, how many lines of TAP came before; qemu, the exit status of
# QEMU.
function trial(good, text) {
	printf "%s %d - %s: %s\n", good ? "ok" : "not ok", ++n, kernel, text
}
{ sub(/\r$/, "") }
/^SAID / {
	sub(/^SAID /, "")
	print "# " kernel ": " $0
}
/^TRIED (pass|FAIL) / {
	good = $2 == "pass"
	sub(/^TRIED [a-zA-Z]+ /, "")
	trial(good, $0)
}
/^TRIED skip / {
	sub(/^TRIED skip /, "")
	printf "ok %d # SKIP %s: %s\n", ++n, kernel, $0
}
/^TRIED-ALL/ { all = 1 }
/[^ ]/ { last = $0 }
END {
	if (!all || qemu)
		trial(0, "the guest did not come to its end; status of QEMU " \
			qemu "; its last line: " last)
}
