// copy-d WAY IN OUT
module copy_d;

import std.file, std.stdio;

void main(string[] a)
{
	if (a[1] == "file")
		copy(a[2], a[3]);
	else if (a[1] == "whole")
		std.file.write(a[3], std.file.read(a[2]));
	else {
		auto o = File(a[3], "wb");
		foreach (ubyte[] b; File(a[2], "rb").byChunk(65536))
			o.rawWrite(b);
	}
}
