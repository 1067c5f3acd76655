// Copy.java WAY IN OUT
import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;

class Copy {
	static void streams(InputStream i, OutputStream o, int size) throws IOException {
		byte[] b = new byte[size];
		for (int n; (n = i.read(b)) > 0; )
			o.write(b, 0, n);
		o.close();
	}

	static void channels(FileChannel i, FileChannel o, ByteBuffer b) throws IOException {
		while (i.read(b) > 0) {
			b.flip();
			while (b.hasRemaining())
				o.write(b);
			b.clear();
		}
	}

	static FileChannel open(String name, OpenOption... how) throws IOException {
		return FileChannel.open(Paths.get(name), how);
	}

	public static void main(String[] a) throws Exception {
		FileChannel i = open(a[1], StandardOpenOption.READ);
		FileChannel o = open(a[2], StandardOpenOption.READ, StandardOpenOption.WRITE,
			StandardOpenOption.CREATE);
		long n = i.size();
		switch (a[0]) {
		case "streams": streams(new FileInputStream(a[1]), new FileOutputStream(a[2]), 65536); break;
		case "small": streams(new FileInputStream(a[1]), new FileOutputStream(a[2]), 8192); break;
		case "buffered": streams(new BufferedInputStream(new FileInputStream(a[1])),
			new BufferedOutputStream(new FileOutputStream(a[2])), 1000); break;
		case "heap": channels(i, o, ByteBuffer.allocate(65536)); break;
		case "direct": channels(i, o, ByteBuffer.allocateDirect(65536)); break;
		case "transfer": for (long p = 0; p < n; ) p += i.transferTo(p, n - p, o); break;
		case "files": Files.copy(Paths.get(a[1]), Paths.get(a[2]), StandardCopyOption.REPLACE_EXISTING); break;
		case "whole": Files.write(Paths.get(a[2]), Files.readAllBytes(Paths.get(a[1]))); break;
		case "mapped": o.map(FileChannel.MapMode.READ_WRITE, 0, n).put(
			i.map(FileChannel.MapMode.READ_ONLY, 0, n)); break;
		}
	}
}
