"""Copies a file to standard output in pieces of all sizes, with pauses now and then; the same for the same seed."""
import os
import random
import sys
import time

pieces = random.Random(int(sys.argv[2]))
with open(sys.argv[1], "rb") as file:
    while data := file.read(pieces.randint(1, 65536)):
        while data:
            data = data[os.write(1, data):]
        if pieces.random() < 0.15:
            time.sleep(pieces.random() / 3000)
