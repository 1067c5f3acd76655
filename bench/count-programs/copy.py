"""copy.py WAY IN OUT"""
import io, mmap, multiprocessing, os, shutil, subprocess, sys, tempfile

way, source, target = sys.argv[1:]
SIZE = 65536

def calls():
    i, o = os.open(source, os.O_RDONLY), os.open(target, os.O_CREAT | os.O_WRONLY)
    while block := os.read(i, SIZE):
        os.write(o, block)

def readinto():
    buffer = bytearray(SIZE)
    with open(source, "rb", 0) as i, open(target, "wb", 0) as o:
        while n := i.readinto(buffer):
            o.write(memoryview(buffer)[:n])

def whole():
    with open(source, "rb") as i, open(target, "wb") as o:
        o.write(i.read())

def text():
    with open(source) as i, open(target, "w") as o:
        for line in i:
            o.write(line)

def slices():
    """A slice of bytes is a copy."""
    i, o = os.open(source, os.O_RDONLY), os.open(target, os.O_CREAT | os.O_WRONLY)
    while block := os.read(i, SIZE):
        os.write(o, block[1:] and block[:1] + block[1:])

def shutil_copy():
    shutil.copyfile(source, target)

def copyfileobj():
    with open(source, "rb") as i, open(target, "wb") as o:
        shutil.copyfileobj(i, o)

def sendfile():
    i, o = os.open(source, os.O_RDONLY), os.open(target, os.O_CREAT | os.O_WRONLY)
    while os.sendfile(o, i, None, 1 << 20):
        pass

def map_in():
    with open(source, "rb") as i, open(target, "wb") as o:
        o.write(mmap.mmap(i.fileno(), 0, prot=mmap.PROT_READ))

def anonymous():
    """Through memory shared with a child, by two slices."""
    data = os.stat(source).st_size
    ring = mmap.mmap(-1, data)
    if os.fork() == 0:
        with open(source, "rb", 0) as i:
            ring[:] = i.read()
        os._exit(0)
    os.wait()
    with open(target, "wb", 0) as o:
        o.write(ring)

def pipe_child():
    child = subprocess.Popen(["cat", source], stdout=subprocess.PIPE)
    with open(target, "wb", 0) as o:
        while block := os.read(child.stdout.fileno(), SIZE):
            o.write(block)

def produce(connection):
    with open(source, "rb", 0) as i:
        while block := i.read(SIZE):
            connection.send_bytes(block)
    connection.send_bytes(b"")

def multiprocessing_pipe():
    here, there = multiprocessing.Pipe(False)
    multiprocessing.Process(target=produce, args=(there,)).start()
    with open(target, "wb", 0) as o:
        while block := here.recv_bytes():
            o.write(block)

def upper():
    with open(source, "rb") as i, open(target, "wb") as o:
        o.write(i.read().swapcase())

globals()[way.replace("-", "_")]()
