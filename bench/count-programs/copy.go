// copy WAY IN OUT
package main

import (
	"bufio"
	"io"
	"os"
)

type plain struct{ f *os.File } // hides methods that io.Copy would use

func (p plain) Read(b []byte) (int, error)  { return p.f.Read(b) }
func (p plain) Write(b []byte) (int, error) { return p.f.Write(b) }

func pipe(i, o *os.File) {
	r, w, _ := os.Pipe()
	go func() {
		io.Copy(plain{w}, plain{i})
		w.Close()
	}()
	io.Copy(plain{o}, plain{r})
}

func main() {
	i, _ := os.Open(os.Args[2])
	o, _ := os.Create(os.Args[3])
	switch os.Args[1] {
	case "calls":
		io.Copy(plain{o}, plain{i})
	case "io-copy":
		io.Copy(o, i)
	case "bufio":
		w := bufio.NewWriter(plain{o})
		io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{bufio.NewReader(i)}, make([]byte, 1000))
		w.Flush()
	case "whole":
		b, _ := os.ReadFile(os.Args[2])
		os.WriteFile(os.Args[3], b, 0644)
	case "copied":
		a, b := make([]byte, 65536), make([]byte, 65536)
		for n, _ := i.Read(a); n > 0; n, _ = i.Read(a) {
			copy(b, a[:n])
			o.Write(b[:n])
		}
	case "pipe":
		pipe(i, o)
	case "turned":
		b, _ := os.ReadFile(os.Args[2])
		for k := range b {
			b[k] ^= 255
		}
		os.WriteFile(os.Args[3], b, 0644)
	}
}
