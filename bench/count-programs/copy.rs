// copy WAY IN OUT
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

fn calls(i: &mut File, o: &mut File) -> io::Result<()> {
    let mut b = vec![0u8; 65536];
    loop {
        let n = i.read(&mut b)?;
        if n == 0 {
            return Ok(());
        }
        o.write_all(&b[..n])?;
    }
}

fn copied(i: &mut File, o: &mut File) -> io::Result<()> {
    let (mut a, mut b) = (vec![0u8; 65536], vec![0u8; 65536]);
    loop {
        let n = i.read(&mut a)?;
        if n == 0 {
            return Ok(());
        }
        b[..n].copy_from_slice(&a[..n]);
        o.write_all(&b[..n])?;
    }
}

fn lines(i: File, o: File) -> io::Result<()> {
    let (mut i, mut o) = (BufReader::new(i), BufWriter::new(o));
    let mut line = Vec::new();
    while i.read_until(b'\n', &mut line)? > 0 {
        o.write_all(&line)?;
        line.clear();
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let a: Vec<String> = std::env::args().collect();
    let (mut i, mut o) = (File::open(&a[2])?, File::create(&a[3])?);
    match a[1].as_str() {
        "calls" => calls(&mut i, &mut o),
        "copied" => copied(&mut i, &mut o),
        "io-copy" => io::copy(&mut i, &mut o).map(|_| ()),
        "file" => fs::copy(&a[2], &a[3]).map(|_| ()),
        "whole" => fs::write(&a[3], fs::read(&a[2])?),
        "lines" => lines(i, o),
        _ => Ok(()),
    }
}
