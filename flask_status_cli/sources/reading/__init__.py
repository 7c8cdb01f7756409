"""Reading a log: opened, unpacked, and cut into blocks of whole lines."""
