% swipl copy.prolog WAY IN OUT
:- initialization(main, main).
main([_, In, Out]) :-
	open(In, read, I, [type(binary)]), open(Out, write, O, [type(binary)]),
	copy_stream_data(I, O), close(O).
