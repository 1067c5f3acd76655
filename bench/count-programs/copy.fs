\ gforth copy.fs IN OUT
next-arg r/o bin open-file throw value source-file
next-arg w/o bin create-file throw value target-file
create block-of 65536 allot
: pump begin block-of 65536 source-file read-file throw dup while
	block-of swap target-file write-file throw repeat drop ;
pump target-file close-file throw bye
