program copy; { copy WAY IN OUT }
{$mode objfpc}
uses classes, sysutils;
var
	i, o: TFileStream;
	b: array[0..65535] of byte;
	n: longint;
begin
	i := TFileStream.Create(ParamStr(2), fmOpenRead);
	o := TFileStream.Create(ParamStr(3), fmCreate);
	if ParamStr(1) = 'copyfrom' then
		o.CopyFrom(i, 0)
	else
		repeat
			n := i.Read(b, sizeof(b));
			o.Write(b, n);
		until n = 0;
end.
