#!/usr/bin/env escript
main(["file", In, Out]) -> {ok, _} = file:copy(In, Out);
main(["whole", In, Out]) -> {ok, B} = file:read_file(In), ok = file:write_file(Out, B);
main(["raw", In, Out]) ->
	{ok, I} = file:open(In, [read, raw, binary]),
	{ok, O} = file:open(Out, [write, raw, binary]),
	pump(I, O).

pump(I, O) ->
	case file:read(I, 65536) of
		{ok, B} -> ok = file:write(O, B), pump(I, O);
		eof -> ok
	end.
